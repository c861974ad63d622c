import type { MessageConnection } from 'vscode-jsonrpc/node';
import { Ending, Leave, Shutdown } from '../../runtime/protocol/methods';
import { connectionOver } from '../../runtime/wire/connection';
import type { Joined } from '../../runtime/wire/join';
import type { MeetingPoint } from '../../runtime/wire/meeting-point';
import { errorsTail } from './errors-file';
import type { Launched, ProcessEnd } from './launch';
import { withinMs } from './within';

export interface LinkEnd extends ProcessEnd {
  /** A window asked for it: the engine may be started again at once. */
  announced: boolean;
  /** The last lines that the process wrote to stderr, for the log. */
  stderr: string;
}

/** How long a stopping engine may take before it is ended by the system. */
const politeMs = 2_000;
/** Between the end of the connection and that of the process. */
const settleMs = 1_000;

/** This window's connection to a running engine. Never re-opened; a new one takes its place. */
export class EngineLink {
  readonly connection: MessageConnection;
  /** Settles once, when the connection has ended: in most cases because the process has. */
  readonly ended: Promise<LinkEnd>;
  readonly pid: number;
  private gone = false;
  private announced = false;

  /** @param launched the engine's process where this window started it: it knows how it ended */
  constructor(
    private readonly joined: Joined,
    point: MeetingPoint,
    launched: Launched | undefined,
  ) {
    const { pid, errorsFrom } = joined.address;
    this.pid = pid;
    const own = launched?.pid === pid ? launched : undefined;
    this.connection = connectionOver(joined.socket);
    this.connection.onNotification(Ending, () => {
      this.announced = true;
    });
    this.ended = new Promise<void>((resolve) => {
      if (joined.socket.destroyed) resolve();
      else joined.socket.once('close', () => resolve());
    }).then(async () => {
      this.gone = true;
      // Rejects whatever is still waiting for an answer.
      this.connection.dispose();
      const how = own && (await withinMs(settleMs, own.ended));
      return {
        code: how?.code ?? null,
        signal: how?.signal ?? null,
        announced: this.announced,
        stderr: errorsTail(point.errors, errorsFrom),
      };
    });
    this.connection.listen();
  }

  /** The window needs the engine no more. Where no other does, settles when its process is gone. */
  async leave(): Promise<void> {
    if (this.gone) return;
    const answer = await withinMs(
      politeMs,
      this.connection.sendRequest(Leave).catch(() => undefined),
    );
    // An engine that does not answer may still be of use to others: it is left alone.
    if (answer?.last || this.gone) await this.untilGone();
    this.close();
  }

  /** Ends the engine for all windows; settles when its process is gone. */
  async shutDown(): Promise<void> {
    if (this.gone) return;
    await withinMs(
      politeMs,
      this.connection.sendRequest(Shutdown).catch(() => undefined),
    );
    await this.untilGone();
  }

  /** The window is gone: it may be back in a moment. */
  close(): void {
    this.joined.socket.destroy();
  }

  /** Ends the process by force when it does not by itself. The connection stands for it: its id is not another's yet. */
  private async untilGone(): Promise<void> {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await withinMs(politeMs, this.ended)) break;
      kill(this.pid, signal);
    }
    const end = Date.now() + settleMs;
    while (kill(this.pid, 0) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
