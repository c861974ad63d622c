import {
  ConnectionError,
  ErrorCodes,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
  type NotificationType,
  type ProgressType,
  type RequestType,
  RequestType0,
} from 'vscode-jsonrpc';
import type { LogRecord } from '../../runtime/protocol/engine';
import { CancelledError } from '../../runtime/protocol/errors';
import type { EngineLink } from './engine-link';
import type { EngineUnavailableError } from './engine-state';

/** The connection ended before the answer came, as opposed to an error that the engine answered with. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return (
    error instanceof ResponseError &&
    (error.code === ErrorCodes.PendingResponseRejected || error.code === ErrorCodes.MessageWriteError)
  );
}

/** What is said to an engine whose connection comes and goes: how is for whoever extends this to know. */
export abstract class EngineRequests {
  protected link: EngineLink | undefined;
  /** Of the link, once the engine knows this window. */
  protected connection: MessageConnection | undefined;
  private tokens = 0;

  /** Resolves when there is a connection. */
  abstract ensureStarted(): Promise<void>;
  /** Why there is none. */
  protected abstract unavailable(): EngineUnavailableError;
  protected abstract log(level: LogRecord['level'], message: string): void;

  /** Sends a request, starting the engine when it is needed. Cancelling `token` cancels it in the engine. */
  async request<P, R>(type: RequestType<P, R, void>, params: P, token?: CancellationToken): Promise<R>;
  async request<R>(type: RequestType0<R, void>, params: undefined, token?: CancellationToken): Promise<R>;
  async request(
    type: RequestType<unknown, unknown, void> | RequestType0<unknown, void>,
    params: unknown,
    token?: CancellationToken,
  ): Promise<unknown> {
    await this.ensureStarted();
    // A request that is sent with a cancelled token would never be told so.
    if (token?.isCancellationRequested) throw new CancelledError();
    const { connection, link } = this;
    if (!connection || !link) throw this.unavailable();
    try {
      return type instanceof RequestType0
        ? await connection.sendRequest(type, token)
        : await connection.sendRequest(type, params, token);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      // The reason is the process, not the request: let its end be noted first.
      await link.ended;
      throw this.unavailable();
    }
  }

  /** As `request`, with progress reports while it runs. */
  async requestWithProgress<P extends object, R, G>(
    type: RequestType<P & { progressToken?: string }, R, void>,
    params: P,
    progress: { type: ProgressType<G>; report(value: G): void },
    token?: CancellationToken,
  ): Promise<R> {
    await this.ensureStarted();
    const progressToken = `p${++this.tokens}`;
    const listener = this.connection?.onProgress(progress.type, progressToken, (value) =>
      progress.report(value),
    );
    try {
      return await this.request(type, { ...params, progressToken }, token);
    } finally {
      listener?.dispose();
    }
  }

  /** Tells a running engine; says nothing to one that is not running, since a start replays all that matters. */
  notify<P>(type: NotificationType<P>, params: P): void {
    this.connection?.sendNotification(type, params as never).catch((error: unknown) => {
      this.log('debug', `Notification ${type.method} was not sent: ${String(error)}`);
    });
  }
}
