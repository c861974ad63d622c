import * as vscode from 'vscode';
import type { Snooze } from '../completion/snooze';
import { documentSizeLimit, isReadScheme } from '../engine/document-filter';
import { documentLength } from '../engine/document-sync';
import type { EngineClient } from '../engine/engine-client';
import { section, type Settings } from '../settings/settings';
import type { StatusItem } from './status-item';
import type { ActiveDocument } from './status-state';

/** Feeds the status item with all that happens. */
export function connectStatus(
  item: StatusItem,
  engine: EngineClient,
  settings: Settings,
  snooze: Snooze,
): vscode.Disposable {
  const settingsChanged = () => {
    item.dispatch({ type: 'enabled', enabled: settings.enabled });
    item.dispatch({ type: 'document', document: activeDocument(settings) });
  };
  item.dispatch({ type: 'trusted', trusted: vscode.workspace.isTrusted });
  item.dispatch({ type: 'engine', engine: engine.state });
  settingsChanged();
  return vscode.Disposable.from(
    engine.onState((state) => item.dispatch({ type: 'engine', engine: state })),
    engine.onStatus((status) => item.dispatch({ type: 'status', status })),
    engine.onIndexStatus((index) => {
      item.dispatch({ type: 'index', index });
      void vscode.commands.executeCommand('setContext', 'longview.indexState', index?.state ?? 'off');
    }),
    snooze.onDidChange((snoozed) => item.dispatch({ type: 'snoozed', snoozed })),
    vscode.workspace.onDidGrantWorkspaceTrust(() => item.dispatch({ type: 'trusted', trusted: true })),
    vscode.workspace.onDidChangeConfiguration(
      (event) => event.affectsConfiguration(section) && settingsChanged(),
    ),
    vscode.window.onDidChangeActiveTextEditor(() =>
      item.dispatch({ type: 'document', document: activeDocument(settings) }),
    ),
    vscode.workspace.onDidOpenTextDocument((document) => {
      // A change of language is reported as a new document in the same editor.
      if (document === vscode.window.activeTextEditor?.document) {
        item.dispatch({ type: 'document', document: activeDocument(settings) });
      }
    }),
  );
}

function activeDocument(settings: Settings): ActiveDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (!document) return undefined;
  return {
    languageId: document.languageId,
    readable: isReadScheme(document.uri.scheme),
    tooLarge: documentLength(document) > documentSizeLimit,
    trigger: settings.get('completion.trigger', document),
  };
}
