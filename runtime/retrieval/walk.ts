/** Walks a workspace folder under its rules, never following symbolic links, never failing on what it may not read. */
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SkipReason } from '../protocol/index-status';
import { MAX_FILE_BYTES } from './built-in-excludes';
import { relativeTo, type PathRules } from './path-rules';

export interface WalkedFile {
  /** Relative to the root, forward slashes; folders that were skipped whole end in a slash. */
  relative: string;
  size: number;
  mtimeMs: number;
  skipped?: SkipReason;
}

export interface WalkOptions {
  signal?: AbortSignal;
  /** Start at this folder (relative); the root when absent. */
  from?: string;
}

/** Entries of a folder that are looked at together. */
const AT_A_TIME = 64;

/** Files in order of their paths, folder by folder. What a link within the root leads to is met at its own place. */
export async function* walk(
  rules: PathRules,
  options: WalkOptions = {},
): AsyncGenerator<WalkedFile, void, void> {
  const realRoot = await realpath(rules.root).catch(() => rules.root);
  const stack = [options.from ?? ''];
  while (stack.length > 0) {
    const folder = stack.pop()!;
    const entries = await readFolder(path.join(rules.root, folder), options.signal);
    if (!entries) {
      yield skippedEntry(folder === '' ? './' : `${folder}/`, 'unreadable');
      continue;
    }
    const folders: string[] = [];
    // In order; files are measured many at a time, as each one waits for the disk alone.
    const found: (WalkedFile | Promise<WalkedFile>)[] = [];
    for (const entry of entries) {
      options.signal?.throwIfAborted();
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) {
        if (await leadsOutside(path.join(rules.root, relative), realRoot))
          found.push(skippedEntry(relative, 'outside'));
        continue;
      }
      const isDirectory = entry.isDirectory();
      if (!isDirectory && !entry.isFile()) continue;
      const verdict = rules.entryVerdict(relative, isDirectory);
      if ('skipped' in verdict)
        found.push(skippedEntry(isDirectory ? `${relative}/` : relative, verdict.skipped));
      else if (isDirectory) folders.push(relative);
      else found.push(measured(rules.root, relative));
      if (found.length >= AT_A_TIME) yield* await Promise.all(found.splice(0));
    }
    yield* await Promise.all(found);
    stack.push(...folders.reverse());
  }
}

/** Sorted by name, so that a walk is the same everywhere; undefined when the folder cannot be read. */
async function readFolder(folder: string, signal?: AbortSignal): Promise<Dirent[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  signal?.throwIfAborted();
  return entries?.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function measured(root: string, relative: string): Promise<WalkedFile> {
  try {
    const { size, mtimeMs } = await lstat(path.join(root, relative));
    return size > MAX_FILE_BYTES
      ? { relative, size, mtimeMs, skipped: 'too-large' }
      : { relative, size, mtimeMs };
  } catch {
    return skippedEntry(relative, 'unreadable');
  }
}

function skippedEntry(relative: string, skipped: SkipReason): WalkedFile {
  return { relative, size: 0, mtimeMs: 0, skipped };
}

async function leadsOutside(link: string, realRoot: string): Promise<boolean> {
  try {
    return relativeTo(realRoot, await realpath(link)) === undefined;
  } catch {
    // Dangling or circular: there is nothing behind it.
    return false;
  }
}
