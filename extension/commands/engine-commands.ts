import * as vscode from 'vscode';
import { ClearData, Doctor, ProbeProgressType, ProbeProviders } from '../../runtime/protocol/methods';
import { formatBytes } from '../reports/bytes';
import { clearFolder, clearableBytes } from '../reports/saved-data';
import { doctorMarkdown } from '../reports/doctor-markdown';
import type { CommandHandlers, Services } from '../services';
import { section } from '../settings/settings';

/** The engine's process, what it saved, and what it says about itself. */
export function engineCommands({ context, engine, history, documents, log }: Services): CommandHandlers {
  return {
    'longview.showDiagnostics': showDiagnostics,
    'longview.checkProviders': async () => {
      await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Longview: checking the graphics card'),
          cancellable: true,
        },
        (progress, token) =>
          engine.requestWithProgress(
            ProbeProviders,
            {},
            { type: ProbeProgressType, report: ({ step }) => progress.report({ message: step }) },
            token,
          ),
      );
      await showDiagnostics();
    },
    'longview.restartEngine': async () => {
      await engine.restart();
      vscode.window.setStatusBarMessage(vscode.l10n.t('Longview: the engine was restarted.'), 4_000);
    },
    'longview.clearData': async () => {
      const folder = context.globalStorageUri.fsPath;
      const bytes = formatBytes(await clearableBytes(folder));
      const remove = vscode.l10n.t('Delete {0}', bytes);
      const choice = await vscode.window.showWarningMessage(
        vscode.l10n.t('Delete everything that Longview saved?'),
        {
          modal: true,
          detail: vscode.l10n.t(
            '{0} in {1}: index, caches and summaries of all workspaces. Your files and the models that you added stay as they are; the index is built anew when it is needed.',
            bytes,
            folder,
          ),
        },
        remove,
      );
      if (choice !== remove) return;
      await history.clear();
      const freed = await clear(folder);
      void vscode.window.showInformationMessage(vscode.l10n.t('Longview deleted {0}.', formatBytes(freed)));
    },
    'longview.showLog': () => log.show(),
    'longview.openSettings': () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`),
    'longview.openWalkthrough': () =>
      vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        `${context.extension.id}#${section}.start`,
        false,
      ),
  };

  async function showDiagnostics(): Promise<void> {
    const report = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Longview: looking into it') },
      () => engine.request(Doctor, undefined),
    );
    await documents.show('Longview diagnostics.md', doctorMarkdown(report, vscode.l10n.t));
  }

  /** Through the engine while there is one, for this window or others, since it holds the files open; else directly. */
  async function clear(folder: string): Promise<number> {
    if (engine.isAllowed && engine.state.kind !== 'failed') {
      return (await engine.request(ClearData, undefined)).bytesFreed;
    }
    const cleared = await engine.askOthers(ClearData);
    if (cleared) return cleared.bytesFreed;
    return clearFolder(folder);
  }
}
