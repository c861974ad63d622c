import type { CancellationToken, Disposable } from 'vscode-jsonrpc';

/** The editor's token as a signal, for parts that know no editor. */
export function signalFor(token: CancellationToken): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => listener.dispose() };
}

/** A signal as a token, for a request to the engine. */
export function tokenFor(signal: AbortSignal): CancellationToken {
  return {
    get isCancellationRequested() {
      return signal.aborted;
    },
    onCancellationRequested: (listener: (event: unknown) => unknown): Disposable => {
      const onAbort = () => listener(undefined);
      if (signal.aborted) queueMicrotask(onAbort);
      else signal.addEventListener('abort', onAbort, { once: true });
      return { dispose: () => signal.removeEventListener('abort', onAbort) };
    },
  };
}
