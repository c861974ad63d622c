import * as vscode from 'vscode';
import { section, type Settings } from '../settings/settings';
import type { EngineClient } from './engine-client';
import { isEngineNeeded } from './need';

/**
 * Lets the engine run exactly while it may (enabled, trusted), and starts it as soon as something needs it. Off means
 * zero: switching off ends the process.
 */
export function runWhenNeeded(engine: EngineClient, settings: Settings): vscode.Disposable {
  const start = () => {
    if (engine.isAllowed && engine.state.kind === 'stopped' && isEngineNeeded(settings)) {
      // The state says how it went.
      engine.ensureStarted().catch(() => undefined);
    }
  };
  const allow = () => {
    const allowed = settings.enabled && vscode.workspace.isTrusted;
    void vscode.commands.executeCommand('setContext', 'longview.active', allowed);
    void engine.setAllowed(allowed);
    start();
  };
  allow();
  return vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(allow),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(section) && allow()),
    vscode.window.onDidChangeVisibleTextEditors(start),
    vscode.workspace.onDidChangeWorkspaceFolders(start),
  );
}
