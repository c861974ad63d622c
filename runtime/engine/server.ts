import { ErrorCodes, ResponseError } from 'vscode-jsonrpc';
import type { CancellationToken, MessageConnection, NotificationType, ProgressType } from 'vscode-jsonrpc';
import * as methods from '../protocol/methods';
import { UserError, isCancelled, messageOf } from '../protocol/errors';
import type { Engine } from './engine';
import { Logger } from './log';
import type { Session } from './session';

/** The Language Server Protocol's code for a request that was given up by its sender. */
const requestCancelled = -32800;

/** One window's binding to the engine. */
export interface Served {
  /** The connection is gone: gives up what the window waits for, and lets go of what was its own. */
  close(): Promise<void>;
  /** Tells the window that the engine ends because another one asked for it. */
  tellEnding(): Promise<void>;
}

export interface ServeOptions {
  /** The window needs the engine no more. Answers whether it was the last. */
  onLeave(): boolean;
  /** The window wants the engine to end, for all. */
  onShutdown(): Promise<void>;
}

/** Binds a connection to a window's session: every request of the protocol, and what the engine reports by itself. */
export function serve(connection: MessageConnection, engine: Engine, options: ServeOptions): Served {
  const send = sender(connection);
  const log = new Logger((record) => void send(methods.Log, record));
  const running = new Set<AbortController>();
  let opening: Promise<Session> | undefined;
  let session: Session | undefined;
  let closed = false;

  const ready = (): Session => {
    if (!session) throw new ResponseError(ErrorCodes.ServerNotInitialized, 'The engine was not initialised.');
    return session;
  };

  /** Runs a request: cancellation becomes a signal, failures become responses that say what to do. */
  const answer = async <T>(
    token: CancellationToken,
    job: (session: Session, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const abort = new AbortController();
    running.add(abort);
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
      running.delete(abort);
    }
  };

  const progress =
    <T>(type: ProgressType<T>, token: string | undefined) =>
    (value: T): void => {
      if (token === undefined || closed) return;
      connection.sendProgress(type as ProgressType<unknown>, token, value).catch(() => undefined);
    };

  /** Notifications have nobody to answer to: their failures go to the log. */
  const told = (job: (session: Session) => void | Promise<void>): void => {
    try {
      void Promise.resolve(job(ready())).catch((error) =>
        log.error('Notification failed', { error: messageOf(error) }),
      );
    } catch (error) {
      log.error('Notification failed', { error: messageOf(error) });
    }
  };

  const close = async (): Promise<void> => {
    closed = true;
    for (const abort of running) abort.abort();
    // It may have gone while it was being opened.
    const opened = await opening?.catch(() => undefined);
    session = undefined;
    await opened?.dispose();
  };

  connection.onRequest(methods.Initialize, async (params) => {
    if (opening) throw new ResponseError(ErrorCodes.InvalidRequest, 'The engine was initialised already.');
    opening = engine.open(params, (record) => void send(methods.Log, record));
    try {
      const opened = await opening;
      opened.onStatus(latest((status) => send(methods.EngineStatusChanged, status)));
      opened.workspace.onStatus(latest((status) => send(methods.IndexStatusChanged, status)));
      if (!closed) session = opened;
      opened.changed();
    } catch (error) {
      opening = undefined;
      throw new ResponseError(ErrorCodes.InternalError, messageOf(error));
    }
    return { pid: process.pid, version: engine.assets.version };
  });
  connection.onRequest(methods.Leave, async () => {
    await close();
    return { last: options.onLeave() };
  });
  connection.onRequest(methods.Shutdown, () => options.onShutdown());

  connection.onRequest(methods.Complete, (request, token) =>
    answer(token, (e, signal) => e.complete(request, signal)),
  );
  connection.onRequest(methods.Ask, (request, token) =>
    answer(token, (e, signal) =>
      e.ask(request, signal, progress(methods.AskProgressType, request.progressToken)),
    ),
  );
  connection.onRequest(methods.Chat, (request, token) =>
    answer(token, (e, signal) =>
      e.chat(request, signal, progress(methods.ChatProgressType, request.progressToken)),
    ),
  );
  connection.onRequest(methods.CountTokens, (request, token) => answer(token, (e) => e.countTokens(request)));
  connection.onRequest(methods.Summarize, (request, token) =>
    answer(token, (e, signal) =>
      e.summarize(request, signal, progress(methods.SummaryProgressType, request.progressToken)),
    ),
  );
  connection.onRequest(methods.IndexCommand, ({ command }, token) =>
    answer(token, (e) => e.workspace.command(command)),
  );
  connection.onRequest(methods.IndexFiles, (token) => answer(token, (e) => e.workspace.files()));
  connection.onRequest(methods.Doctor, (token) => answer(token, (e) => e.doctor()));
  connection.onRequest(methods.ProbeProviders, (request, token) =>
    answer(token, (e, signal) =>
      e.probeProviders(signal, progress(methods.ProbeProgressType, request.progressToken)),
    ),
  );
  connection.onRequest(methods.ClearData, (token) => answer(token, (e) => e.clearData()));

  connection.onRequest(methods.ListModels, (token) => answer(token, (e) => e.models.list()));
  connection.onRequest(methods.CheckModel, ({ folder }, token) =>
    answer(token, async (e) => e.models.check(folder)),
  );
  connection.onRequest(methods.AddModel, (request, token) =>
    answer(token, (e, signal) =>
      e.models.add(request, signal, progress(methods.AddModelProgressType, request.progressToken)),
    ),
  );

  connection.onNotification(methods.DocumentOpened, (item) => told((e) => e.openDocument(item)));
  connection.onNotification(methods.DocumentChanged, (change) => told((e) => e.changeDocument(change)));
  connection.onNotification(methods.DocumentClosed, (closed) => told((e) => e.closeDocument(closed)));
  connection.onNotification(methods.CursorMoved, (move) => told((e) => e.cursorMoved(move)));
  connection.onNotification(methods.FilesChanged, (changes) =>
    told((e) => e.workspace.filesChanged(changes)),
  );
  connection.onNotification(methods.SettingsChanged, (settings) => told((e) => e.setSettings(settings)));
  connection.onNotification(methods.FoldersChanged, (folders) => told((e) => e.setFolders(folders)));
  connection.onNotification(methods.UnloadModel, () => told((e) => e.unloadModel()));

  return { close, tellEnding: () => connection.sendNotification(methods.Ending).catch(() => undefined) };
}

/** Sends notifications; that a window has gone meanwhile is no error here. */
function sender(connection: MessageConnection) {
  return async <P>(type: NotificationType<P>, params: P): Promise<void> => {
    try {
      await connection.sendNotification(type as NotificationType<unknown>, params);
    } catch {
      // Its connection's end is told where it was accepted.
    }
  };
}

/** Sends one after the other, and of those that came meanwhile the last alone: a window that does not read costs nothing. */
function latest<T>(send: (value: T) => Promise<void>): (value: T) => void {
  let waiting: { value: T } | undefined;
  let sending = false;
  const next = async () => {
    sending = true;
    for (let current = waiting; current; current = waiting) {
      waiting = undefined;
      await send(current.value);
    }
    sending = false;
  };
  return (value) => {
    waiting = { value };
    if (!sending) void next();
  };
}
