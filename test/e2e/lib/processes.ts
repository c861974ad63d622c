/** The engine's process, found from outside: by its command line, which names the data folder that it works for. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface ProcessInfo {
  pid: number;
  command: string;
}

/** Ids of the engines whose data lies below `folder`: those of other test runs have other folders. */
export function enginePids(folder: string): number[] {
  return processes()
    .filter(({ command }) => /[\\/]dist[\\/]engine\.js/.test(command) && command.includes(folder))
    .map(({ pid }) => pid);
}

export async function waitForEngine(folder: string, timeoutMs = 20_000): Promise<number> {
  const pid = await poll(() => enginePids(folder)[0], timeoutMs);
  if (pid === undefined) throw new Error(`No engine process within ${timeoutMs} ms.`);
  return pid;
}

export async function waitForNoEngine(folder: string, timeoutMs = 10_000): Promise<void> {
  const gone = await poll(() => (enginePids(folder).length === 0 ? true : undefined), timeoutMs);
  if (!gone) throw new Error(`The engine still runs after ${timeoutMs} ms.`);
}

/**
 * Kills the engine while it certainly works on something: it is stopped in its tracks before `start` asks for the work,
 * so that the request is sent but cannot be answered.
 */
export async function killEngineDuring(folder: string, start: () => Promise<void>): Promise<number> {
  const pid = await waitForEngine(folder);
  process.kill(pid, 'SIGSTOP');
  try {
    await start();
    // What the screen shows as begun is on its way to the engine, and there by then.
    await delay(1_000);
  } finally {
    process.kill(pid, 'SIGKILL');
  }
  return pid;
}

/** Asks until there is an answer; undefined when there is none in time. */
export async function poll<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
): Promise<T | undefined> {
  for (const end = Date.now() + timeoutMs; ; await delay(100)) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > end) return answer;
  }
}

function processes(): ProcessInfo[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

function fromProc(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // That of a process that is dead but not yet collected is empty.
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), command }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

function fromPs(): ProcessInfo[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(.*)$/.exec(line);
      return match ? [{ pid: Number(match[1]), command: match[2] ?? '' }] : [];
    });
}
