import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '../../protocol/errors';
import { isRecord } from '../../protocol/json';
import { isFinding, type Finding, type ProbeRequest } from './finding';

export interface RunProbeOptions {
  /** Bundle of the probing process. */
  modulePath: string;
  /** Variables besides those of this process. */
  environment?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  onStep?: (step: string) => void;
  /** ms without a step after which it hangs. Compiling shaders or reading with a slow model takes a good part of it. */
  silentMs?: number;
  /** ms in all: a large model is compiled in it. */
  longestMs?: number;
}

/** The last characters that it wrote to stderr are shown. */
const errorLength = 200;
/** As long as a block of a slow model takes. */
const cancelMs = 1_000;
/** Longer than a channel stays open whose other side is gone. */
const drainMs = 2_000;

/**
 * Probes in a process of its own, which is killed when it hangs. However that process ends, there is a finding.
 * @throws CancelledError
 */
export async function runProbe(request: ProbeRequest, options: RunProbeOptions): Promise<Finding> {
  const { modulePath, environment, signal, silentMs = 60_000, longestMs = 600_000, onStep } = options;
  if (signal?.aborted) throw new CancelledError();
  const child = fork(modulePath, [], {
    execArgv: [],
    // In desktop VS Code the executable is Electron, which is a plain Node only when told so.
    env: { ...process.env, ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: '1' }), ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-errorLength)));
  let found: unknown;
  let step = 'Starting';
  let killed: string | undefined;
  const kill = (reason: string) => {
    killed ??= reason;
    child.kill('SIGKILL');
  };
  const hangs = () => kill(`did not answer for ${silentMs / 1000} s`);
  let silent = setTimeout(hangs, silentMs);
  const late = setTimeout(() => kill(`was not done after ${longestMs / 1000} s`), longestMs);
  const cancel = () => {
    // It takes away what it has half written, unless it hangs.
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), cancelMs).unref();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  child.on('message', (message) => {
    clearTimeout(silent);
    silent = setTimeout(hangs, silentMs);
    if (!isRecord(message)) return;
    if ('finding' in message) found = message.finding;
    if (typeof message.step !== 'string') return;
    step = message.step;
    onStep?.(step);
  });
  child.send(request, () => undefined);
  try {
    const end = await ended(child);
    if (signal?.aborted) throw new CancelledError();
    if (isFinding(found)) return found;
    return { reason: `${step}: the process that tried it ${killed ?? end}. ${remedy}${quoted(errors)}` };
  } finally {
    clearTimeout(silent);
    clearTimeout(late);
    signal?.removeEventListener('abort', cancel);
  }
}

const remedy = 'The CPU is used; a newer driver may mend it.';

function quoted(errors: string): string {
  const last = errors.trim().split('\n').at(-1);
  return last ? ` It wrote: ${last}` : '';
}

/** How the process ended, in words, once all that it said has been read. */
async function ended(child: ChildProcess): Promise<string> {
  const end = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal ? `crashed (${signal})` : `ended without a result (code ${code})`),
    );
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
  });
  // Its end may be known before its last word is: that is read when the channel closes.
  if (child.connected) {
    const closed = new Promise<void>((resolve) => child.once('disconnect', () => resolve()));
    await Promise.race([closed, sleep(drainMs, undefined, { ref: false })]);
  }
  return end;
}
