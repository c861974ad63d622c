import * as vscode from 'vscode';
import type { EngineClient } from './engine-client';

/** One notification per trouble: the first crash of a series, the end of all restarts, a model that cannot be loaded. */
export function showEngineNotices(engine: EngineClient): vscode.Disposable {
  let told: string | undefined;
  const tell = (key: string, show: () => Thenable<unknown>) => {
    if (told === key) return;
    told = key;
    void show();
  };
  const restart = vscode.l10n.t('Restart Engine');
  const showLog = vscode.l10n.t('Show Log');
  const act = (choice: string | undefined) => {
    if (choice === restart) void vscode.commands.executeCommand('longview.restartEngine');
    if (choice === showLog) void vscode.commands.executeCommand('longview.showLog');
  };
  const listeners = [
    engine.onState((state) => {
      if (state.kind === 'restarting' && state.crashes === 1) {
        tell(`crash-${Date.now()}`, () =>
          vscode.window
            .showWarningMessage(
              vscode.l10n.t(
                "Longview's engine ended unexpectedly and is being restarted. Nothing of yours is lost.",
              ),
              showLog,
            )
            .then(act),
        );
      }
      if (state.kind === 'failed') {
        tell(`failed-${state.reason}`, () =>
          vscode.window
            .showErrorMessage(vscode.l10n.t('Longview does not work: {0}', state.reason), restart, showLog)
            .then(act),
        );
      }
      if (state.kind === 'stopped') told = undefined;
    }),
    engine.onStatus((status) => {
      if (status?.model.state !== 'failed') return;
      const reason = status.model.error ?? vscode.l10n.t('The model could not be loaded.');
      tell(`model-${reason}`, () =>
        vscode.window
          .showErrorMessage(vscode.l10n.t('Longview does not work: {0}', reason), restart, showLog)
          .then(act),
      );
    }),
  ];
  return vscode.Disposable.from(...listeners);
}
