import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { writeWhole } from '../models/partial';
import { connectionOver } from '../wire/connection';
import { admit, newSecret } from '../wire/handshake';
import type { Address, MeetingPoint } from '../wire/meeting-point';
import type { MessageConnection } from 'vscode-jsonrpc';
import { takeLock } from './process-lock';
import { socketPath } from './socket-path';

/** A window says its proof at once; whoever does not in this time is none. */
const proofMs = 5_000;
/** Beyond this many connections at a time, further ones are refused. */
const maxConnections = 256;

/**
 * Takes in the windows that share this engine: they find its address at the meeting point, and are connected once they
 * have proven that they may read it.
 */
export class Reception {
  private constructor(
    private readonly server: Server,
    private readonly point: MeetingPoint,
    private readonly address: Address,
    /** Connected, but not proven yet. */
    private readonly strangers: Set<Socket>,
  ) {}

  /**
   * @param onWindow called with each window's connection, which does not listen yet, and its socket
   * @returns undefined when another engine meets its windows here
   */
  static async open(
    point: MeetingPoint,
    onWindow: (connection: MessageConnection, socket: Socket) => void,
  ): Promise<Reception | undefined> {
    const socket = socketPath(point);
    // Whoever holds it may put aside what an earlier engine left behind.
    if (!takeLock(point.lock)) return undefined;
    chmodSync(point.lock, 0o600);
    if (process.platform !== 'win32') rmSync(socket, { force: true });
    const address: Address = {
      socket,
      secret: newSecret(),
      pid: process.pid,
      errorsFrom: sizeOf(point.errors),
    };
    const strangers = new Set<Socket>();
    const server = createServer({ pauseOnConnect: true }, (arrived) => {
      arrived.on('error', () => undefined);
      strangers.add(arrived);
      arrived.once('close', () => strangers.delete(arrived));
      admit(arrived, address.secret, proofMs).then(
        (welcome) => {
          // Closed meanwhile, or by the other side.
          if (!strangers.delete(arrived)) return arrived.destroy();
          welcome();
          onWindow(connectionOver(arrived), arrived);
        },
        () => arrived.destroy(),
      );
    });
    server.maxConnections = maxConnections;
    await listen(server, socket);
    // A window never reads half an address.
    writeWhole(point.address, JSON.stringify(address));
    return new Reception(server, point, address, strangers);
  }

  /** Nobody is taken in any more, and nobody finds this engine. */
  close(): void {
    rmSync(this.point.address, { force: true });
    this.server.close();
    // They must look for another engine before they take this one for theirs.
    for (const stranger of this.strangers) stranger.destroy();
    this.strangers.clear();
    if (process.platform !== 'win32') rmSync(this.address.socket, { force: true });
  }
}

function listen(server: Server, socket: string): Promise<void> {
  // A socket's file gets the rights that this mask leaves, from its first moment on.
  const mask = process.umask(0o177);
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve());
  }).finally(() => process.umask(mask));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
