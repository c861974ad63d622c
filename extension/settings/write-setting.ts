import * as vscode from 'vscode';
import { messageOf } from '../../runtime/protocol/errors';

/**
 * Writes a setting, as `WorkspaceConfiguration.update` does. The editor writes to no file of settings that has unsaved changes, and
 * says so: the choice is kept until the user has saved them.
 */
export async function writeSetting(
  configuration: vscode.WorkspaceConfiguration,
  ...setting: Parameters<vscode.WorkspaceConfiguration['update']>
): Promise<void> {
  for (;;) {
    try {
      return await configuration.update(...setting);
    } catch (error) {
      if (!vscode.workspace.textDocuments.some(isUnsavedSettings)) throw error;
      const again = vscode.l10n.t('Try Again');
      if ((await vscode.window.showWarningMessage(messageOf(error), again)) !== again)
        throw new vscode.CancellationError();
    }
  }
}

function isUnsavedSettings({ isDirty, uri }: vscode.TextDocument): boolean {
  return isDirty && /\/settings\.json$|\.code-workspace$/.test(uri.path);
}
