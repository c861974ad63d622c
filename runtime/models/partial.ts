/** What is written beside its place and then moved there: it appears whole or not at all, whenever a process is killed. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from './running';

/** Left alone for so long after its last change: a process of another machine or container is not seen from here. */
const quietMs = 10 * 60_000;

/** Where `target` is written until it is whole. The name says by which process and since when, for `removeLeftovers`. */
export function partialPath(target: string): string {
  return `${target}.${process.pid}.${Date.now().toString(36)}.tmp`;
}

/** A small file for its owner alone, with the folders that it needs. */
export function writeWhole(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const partial = partialPath(file);
  try {
    writeFileSync(partial, content, { mode: 0o600 });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Deletes from a folder what processes that are gone have left unfinished. What cannot be deleted stays. */
export async function removeLeftovers(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid, since] = /\.(\d+)\.([\da-z]+)\.tmp$/.exec(name) ?? [];
    if (!pid || !since || isAtWork(Number(pid), parseInt(since, 36))) continue;
    const partial = path.join(folder, name);
    if (now - (await lastChange(partial)) >= quietMs)
      await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** An earlier process may have had this one's number, as in a container. */
function isAtWork(pid: number, since: number): boolean {
  return pid === process.pid ? since >= performance.timeOrigin : isRunning(pid);
}

/** Of a file, or of what lies in a folder; ms since 1970. */
async function lastChange(place: string): Promise<number> {
  const names = await readdir(place).catch(() => []);
  const all = [place, ...names.map((name) => path.join(place, name))];
  const times = await Promise.all(
    all.map(async (each) => (await stat(each).catch(() => undefined))?.mtimeMs),
  );
  return Math.max(...times.map((time) => time ?? 0));
}
