import * as vscode from 'vscode';
import { isCancellation } from '../errors';

/**
 * Registers a command whose failures become a message: a command that rejects would open a modal dialog instead.
 * Arguments come from keybindings, links and other extensions, hence unknown.
 */
export function registerCommand(
  id: string,
  run: (...args: unknown[]) => unknown,
  log: vscode.LogOutputChannel,
  explain: (error: unknown) => string,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      return await run(...args);
    } catch (error) {
      if (isCancellation(error)) return undefined;
      log.error(
        `[command] ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      void showError(explain(error), log);
      return undefined;
    }
  });
}

async function showError(message: string, log: vscode.LogOutputChannel): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) log.show();
}
