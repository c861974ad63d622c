import type { MessageConnection } from 'vscode-jsonrpc';
import type { LaunchMessage, MeetingPoint } from '../wire/meeting-point';
import { Lifetime, defaultPatience, type Patience } from './lifetime';
import { Reception } from './reception';
import type { ServeOptions, Served } from './server';

/** What is hosted: the engine, or a small one in tests. */
export interface Hosted {
  serve(connection: MessageConnection, options: ServeOptions): Served;
  dispose(): Promise<void>;
}

/** An end that takes longer is forced: whatever hangs, the process must not outlive its windows. */
const longestEndMs = 3_000;

/**
 * Runs this process as the engine that meets its windows at `point`, or ends it where there is one already. Tells the
 * window that started it which of the two.
 */
export async function host(
  point: MeetingPoint,
  hosted: Hosted,
  patience: Patience = defaultPatience,
): Promise<void> {
  // A broken invariant leaves the process in an unknown state; the windows start a fresh one.
  process.on('uncaughtException', (error) => {
    console.error(error);
    process.exit(1);
  });
  const windows = new Set<Served>();
  const reception = await Reception.open(point, (connection, socket) => {
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      windows.delete(served);
      lifetime.leave();
    };
    lifetime.join();
    const served: Served = hosted.serve(connection, {
      onLeave: () => {
        leave();
        const last = windows.size === 0;
        // At once, so that no window comes in between.
        if (last) lifetime.end();
        return last;
      },
      onShutdown: async () => {
        windows.delete(served);
        await Promise.all([...windows].map((window) => window.tellEnding()));
        setImmediate(() => lifetime.end());
      },
    });
    windows.add(served);
    const onClose = () => {
      leave();
      connection.dispose();
      served.close().catch((error: unknown) => console.error(error));
    };
    if (socket.destroyed) onClose();
    else socket.once('close', onClose);
    connection.listen();
  });
  if (!reception) {
    await tellStarter({ kind: 'taken' });
    process.exit(0);
  }
  const lifetime = new Lifetime(patience, () => void end(reception, hosted));
  await tellStarter({ kind: 'listening' });
}

async function end(reception: Reception, hosted: Hosted): Promise<void> {
  setTimeout(() => process.exit(0), longestEndMs);
  reception.close();
  await hosted.dispose().catch((error: unknown) => console.error(error));
  process.exit(0);
}

/** The window that started this process waits for it; that it has gone meanwhile is no matter. */
function tellStarter(message: LaunchMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}
