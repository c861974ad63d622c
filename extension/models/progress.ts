import * as vscode from 'vscode';

/** Runs `job` behind a notification that shows how far it is and can cancel it. */
export function withModelProgress<T>(
  title: string,
  job: (
    report: (done: number, total: number) => void,
    signal: AbortSignal,
    token: vscode.CancellationToken,
  ) => Promise<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      let shown = 0;
      const report = (done: number, total: number) => {
        const percent = total > 0 ? Math.floor((100 * done) / total) : 0;
        // What goes on in steps of less than a percent is not worth a message each.
        if (percent === shown) return;
        progress.report({ increment: percent - shown, message: `${percent} %` });
        shown = percent;
      };
      return job(report, abort.signal, token);
    },
  );
}
