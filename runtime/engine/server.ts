import { ErrorCodes, ResponseError } from 'vscode-jsonrpc';
import type { CancellationToken, MessageConnection, ProgressType } from 'vscode-jsonrpc';
import * as methods from '../protocol/methods';
import { UserError, isCancelled, messageOf } from '../protocol/errors';
import { Engine } from './engine';
import type { EngineAssets } from './engine';
import { Logger } from './log';

/** The Language Server Protocol's code for a request that was given up by its sender. */
const requestCancelled = -32800;

/** Binds one engine to one connection: every request of the protocol, and what the engine reports by itself. */
export function serve(connection: MessageConnection, assets: EngineAssets, onShutdown: () => void): void {
  const log = new Logger((record) => void connection.sendNotification(methods.Log, record));
  let engine: Engine | undefined;

  const ready = (): Engine => {
    if (!engine) throw new ResponseError(ErrorCodes.ServerNotInitialized, 'The engine was not initialised.');
    return engine;
  };

  /** Runs a request: cancellation becomes a signal, failures become responses that say what to do. */
  const answer = async <T>(
    token: CancellationToken,
    job: (engine: Engine, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const abort = new AbortController();
    const listening = token.onCancellationRequested(() => abort.abort());
    // A token that was cancelled before the request was taken up tells nobody.
    if (token.isCancellationRequested) abort.abort();
    try {
      return await job(ready(), abort.signal);
    } catch (error) {
      if (isCancelled(error)) throw new ResponseError(requestCancelled, 'Cancelled');
      if (!(error instanceof UserError)) log.error('Request failed', { error: messageOf(error) });
      throw new ResponseError(ErrorCodes.InternalError, messageOf(error));
    } finally {
      listening.dispose();
    }
  };

  const progress =
    <T>(type: ProgressType<T>, token: string | undefined) =>
    (value: T): void => {
      if (token !== undefined) void connection.sendProgress(type as ProgressType<unknown>, token, value);
    };

  /** Notifications have nobody to answer to: their failures go to the log. */
  const told = (job: (engine: Engine) => void | Promise<void>): void => {
    try {
      void Promise.resolve(job(ready())).catch((error) =>
        log.error('Notification failed', { error: messageOf(error) }),
      );
    } catch (error) {
      log.error('Notification failed', { error: messageOf(error) });
    }
  };

  connection.onRequest(methods.Initialize, async (params) => {
    engine = new Engine(params, assets, log);
    engine.onStatus((status) => void connection.sendNotification(methods.EngineStatusChanged, status));
    engine.onIndexStatus((status) => void connection.sendNotification(methods.IndexStatusChanged, status));
    await engine.start();
    return { pid: process.pid, version: assets.version };
  });
  connection.onRequest(methods.Shutdown, async () => {
    await engine?.dispose();
    engine = undefined;
    setImmediate(onShutdown);
  });

  connection.onRequest(methods.Complete, (request, token) =>
    answer(token, (e, signal) => e.complete(request, signal)),
  );
  connection.onRequest(methods.Ask, (request, token) =>
    answer(token, (e, signal) =>
      e.ask(request, signal, progress(methods.AskProgressType, request.progressToken)),
    ),
  );
  connection.onRequest(methods.Summarize, (request, token) =>
    answer(token, (e, signal) =>
      e.summarize(request, signal, progress(methods.SummaryProgressType, request.progressToken)),
    ),
  );
  connection.onRequest(methods.IndexCommand, ({ command }, token) =>
    answer(token, (e) => e.indexCommand(command)),
  );
  connection.onRequest(methods.IndexFiles, (token) => answer(token, (e) => e.indexFiles()));
  connection.onRequest(methods.Doctor, (token) => answer(token, (e) => e.doctor()));
  connection.onRequest(methods.ClearData, (token) => answer(token, (e) => e.clearData()));

  connection.onNotification(methods.DocumentOpened, (item) => told((e) => e.openDocument(item)));
  connection.onNotification(methods.DocumentChanged, (change) => told((e) => e.changeDocument(change)));
  connection.onNotification(methods.DocumentClosed, (closed) => told((e) => e.closeDocument(closed)));
  connection.onNotification(methods.CursorMoved, (move) => told((e) => e.cursorMoved(move)));
  connection.onNotification(methods.FilesChanged, (changes) => told((e) => e.filesChanged(changes)));
  connection.onNotification(methods.SettingsChanged, (settings) => told((e) => e.setSettings(settings)));
  connection.onNotification(methods.FoldersChanged, (folders) => told((e) => e.setFolders(folders)));
  connection.onNotification(methods.UnloadModel, () => told((e) => e.unloadModel()));
}
