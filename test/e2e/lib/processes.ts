/** The engine's process, found from outside: by its command line, below the editor's server. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
}

/** Ids of the engines that run below process `ancestor`. */
export function enginePids(ancestor: number): number[] {
  const all = processes();
  const tree = new Set([ancestor]);
  // Parents do not always come before their children, so go on until nothing is added.
  for (let before = 0; before !== tree.size;) {
    before = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  return all
    .filter(({ pid, command }) => tree.has(pid) && /[\\/]dist[\\/]engine\.js/.test(command))
    .map(({ pid }) => pid);
}

export async function waitForEngine(ancestor: number, timeoutMs = 20_000): Promise<number> {
  const pid = await poll(() => enginePids(ancestor)[0], timeoutMs);
  if (pid === undefined) throw new Error(`No engine process within ${timeoutMs} ms.`);
  return pid;
}

export async function waitForNoEngine(ancestor: number, timeoutMs = 10_000): Promise<void> {
  const gone = await poll(() => (enginePids(ancestor).length === 0 ? true : undefined), timeoutMs);
  if (!gone) throw new Error(`The engine still runs after ${timeoutMs} ms.`);
}

/**
 * Kills the engine while it certainly works on something: it is stopped in its tracks before `start` asks for the work,
 * so that the request is sent but cannot be answered.
 */
export async function killEngineDuring(ancestor: number, start: () => Promise<void>): Promise<number> {
  const pid = await waitForEngine(ancestor);
  process.kill(pid, 'SIGSTOP');
  try {
    await start();
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
        // "pid (name) state parent …"; the name may itself hold spaces and brackets. A dead child's command line is empty.
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent, command }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

function fromPs(): ProcessInfo[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
      return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [];
    });
}
