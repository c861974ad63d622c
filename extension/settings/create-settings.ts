import * as vscode from 'vscode';
import { Settings, section } from './settings';

/** Settings whose unusable values are logged and shown once each, with a way to correct them. */
export function createSettings(log: vscode.LogOutputChannel): Settings {
  return new Settings((problem, key) => {
    log.warn(`[settings] ${problem}`);
    const open = vscode.l10n.t('Open Settings');
    void vscode.window.showWarningMessage(problem, open).then((choice) => {
      if (choice === open)
        void vscode.commands.executeCommand('workbench.action.openSettings', `${section}.${key}`);
    });
  });
}
