import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExpectMessage, LaunchMessage, MeetingPoint } from '../../runtime/wire/meeting-point';
import type { InitializeParams } from '../../runtime/protocol/engine';
import { errorsTail, openErrors } from './errors-file';
import { launchEnvironment } from './launch-environment';

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** An engine's process that this window started. */
export interface Launched {
  /** `ended`: it has gone without a word. */
  outcome: LaunchMessage['kind'] | 'ended';
  pid: number | undefined;
  ended: Promise<ProcessEnd>;
  /** The last lines that it wrote to stderr. */
  stderr(): string;
}

/** A process that has not said by then whether it listens never will. */
const silentMs = 20_000;
/** Longer than a channel stays open whose other side is gone. */
const drainMs = 2_000;

/**
 * Starts an engine that outlives this window, in a session of its own. Settles as soon as it listens, or knows that it is
 * not needed, or has ended.
 * @param params what this window is going to ask for: the engine prepares for it while it is being connected
 */
export async function launch(
  modulePath: string,
  { base, dataFolder, errors }: MeetingPoint,
  params: InitializeParams,
): Promise<Launched> {
  const { descriptor, size } = openErrors(errors);
  const options: ForkOptions & { windowsHide: boolean } = {
    // Not the folder of the window, which it outlives.
    cwd: dataFolder,
    execArgv: [],
    env: launchEnvironment(process.env, process.versions.electron !== undefined),
    stdio: ['ignore', 'ignore', descriptor, 'ipc'],
    detached: true,
    windowsHide: true,
  };
  let child: ChildProcess;
  try {
    child = fork(modulePath, ['--meet', base], options);
  } finally {
    closeSync(descriptor);
  }
  let failure = '';
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      failure = error.message;
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
  const expect: ExpectMessage = { kind: 'expect', params };
  // A process that has ended already says so itself.
  child.send(expect, () => undefined);
  const said = new Promise<LaunchMessage>((resolve) => child.once('message', resolve));
  const silent = setTimeout(() => child.kill('SIGKILL'), silentMs);
  const silence = ended.then(() => drained(child)).then(() => 'ended' as const);
  const outcome = await Promise.race([said.then(({ kind }) => kind), silence]);
  clearTimeout(silent);
  if (child.connected) child.disconnect();
  // The editor's process may end while the engine runs.
  child.unref();
  return { outcome, pid: child.pid, ended, stderr: () => failure || errorsTail(errors, size) };
}

/** The process's end may be known before its last word is: that is read when the channel closes. */
async function drained(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  const closed = new Promise<void>((resolve) => child.once('disconnect', () => resolve()));
  await Promise.race([closed, sleep(drainMs, undefined, { ref: false })]);
}
