/**
 * The index of one workspace folder: finds what changed, brings the store up to date in small steps, answers.
 * Everything runs on one thread between other work, so each step is short and hands the thread back.
 */
import { realpathSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { FileChange, SkipReason } from '../protocol/index-status';
import { chunkFile, languageOf } from './chunk-file';
import { FolderSearch } from './folder-search';
import { FolderStore } from './folder-store';
import { FolderVectors } from './folder-vectors';
import { IGNORE_FILE_NAMES } from './ignore-files';
import { createPathRules, relativeTo, type PathRules } from './path-rules';
import { indexChunk, type FileStat, type IndexedChunk, type Store } from './store';
import { contentHash, readTextFile } from './text-file';
import { turnKeeper } from './turns';
import { walk } from './walk';

export interface FolderIndexOptions {
  /** Absolute path of the workspace folder. */
  root: string;
  /** Folder of all index files. */
  indexFolder: string;
  excludeGlobs: readonly string[];
  /** Told in sentences what went wrong and what was done about it. */
  onNotice?: (notice: string) => void;
}

interface Work extends FileStat {
  relative: string;
}

export class FolderIndex {
  readonly rules: PathRules;
  readonly file: string;
  /** Files that wait to be read, by relative path. */
  private readonly queue = new Map<string, Work>();
  private needsScan = true;
  private readonly store: FolderStore;
  readonly answers: FolderSearch;
  readonly vectors: FolderVectors;

  constructor(options: FolderIndexOptions) {
    this.rules = createPathRules(options.root, { excludeGlobs: options.excludeGlobs });
    const root = realPathOr(options.root);
    this.file = path.join(options.indexFolder, `${contentHash(root)}.sqlite`);
    this.store = new FolderStore({
      file: this.file,
      root,
      onNotice: options.onNotice,
      onEmptied: () => {
        this.queue.clear();
        this.needsScan = true;
      },
    });
    this.answers = new FolderSearch(this.store);
    this.vectors = new FolderVectors(this.store);
  }

  get waiting(): number {
    return this.queue.size;
  }

  get scanned(): boolean {
    return !this.needsScan;
  }

  /** Compares the folder with the store: queues what is new or changed, forgets what is gone. */
  async scan(signal: AbortSignal): Promise<void> {
    const turn = turnKeeper();
    this.rules.invalidate();
    const known = this.store.current.files();
    const seen = new Set<string>();
    const skipped: { relative: string; reason: SkipReason }[] = [];
    for await (const entry of walk(this.rules, { signal })) {
      seen.add(entry.relative);
      const old = known.get(entry.relative);
      if (entry.skipped) {
        if (old?.skipped !== entry.skipped) skipped.push({ relative: entry.relative, reason: entry.skipped });
      } else if (
        !old ||
        old.size !== entry.size ||
        old.mtimeMs !== entry.mtimeMs ||
        this.mayBeReadNow(old.skipped)
      ) {
        this.queue.set(entry.relative, entry);
      }
      if (turn.isOver()) await turn.next(signal);
    }
    for (const { relative, reason } of skipped) {
      await this.store.write((store) => store.putSkipped(relative, { size: 0, mtimeMs: 0 }, reason), signal);
      if (turn.isOver()) await turn.next(signal);
    }
    const gone = [...known.keys()].filter((relative) => !seen.has(relative));
    for (let at = 0; at < gone.length; at += 50) {
      await this.store.write((store) => store.remove(gone.slice(at, at + 50)), signal);
      await turn.next(signal);
    }
    this.needsScan = false;
    // Verdicts on every path were remembered for the walk's sake; few will be asked for again.
    this.rules.invalidate();
  }

  /** What the walk itself decided may have been undone by a rule; what the content decided needs a new content. */
  private mayBeReadNow(skipped: SkipReason | undefined): boolean {
    return (
      skipped === 'ignored' || skipped === 'excluded' || skipped === 'unreadable' || skipped === 'outside'
    );
  }

  /** Reads and stores the next waiting file. False when none waits. */
  async step(signal: AbortSignal): Promise<boolean> {
    const next = this.queue.values().next().value;
    if (!next) return false;
    await this.indexFile(next, signal);
    // A change that came in meanwhile has put a newer entry in its place.
    if (this.queue.get(next.relative) === next) this.queue.delete(next.relative);
    return true;
  }

  /** Tidies a little; false when nothing is left to tidy. */
  tidy(): boolean {
    try {
      return this.store.read((store) => store.purgeUnused(20) === 20, false);
    } catch {
      // Another window writes: there will be another time.
      return false;
    }
  }

  /** Takes note of what the editor or a watcher saw; paths elsewhere are no concern of this folder. */
  async apply(changes: readonly FileChange[], signal: AbortSignal): Promise<void> {
    for (const change of changes) {
      const relative = relativeTo(this.rules.root, change.path);
      if (relative === undefined) continue;
      const name = path.basename(change.path);
      if (relative === '' || IGNORE_FILE_NAMES.includes(name) || relative === '.git/info/exclude') {
        this.needsScan = true;
        continue;
      }
      await this.applyOne(change.path, relative, signal);
    }
  }

  private async applyOne(file: string, relative: string, signal: AbortSignal): Promise<void> {
    const stat = await lstat(file).catch(() => undefined);
    // The disk has the last word: a "deleted" file may be there again, a "created" one gone.
    if (!stat) {
      await this.forget(relative, signal);
    } else if (stat.isDirectory()) {
      if ('included' in this.rules.verdict(file, true)) await this.queueFolder(relative, signal);
    } else if (stat.isFile()) {
      const verdict = this.rules.verdict(file);
      const measured = { size: stat.size, mtimeMs: stat.mtimeMs };
      if ('skipped' in verdict) {
        this.queue.delete(relative);
        // Files below a skipped folder are not listed one by one.
        if ('included' in this.rules.verdict(path.dirname(file), true)) {
          await this.store.write((store) => store.putSkipped(relative, measured, verdict.skipped), signal);
        }
      } else this.queue.set(relative, { relative, ...measured });
    }
  }

  private async queueFolder(relative: string, signal: AbortSignal): Promise<void> {
    for await (const entry of walk(this.rules, { from: relative, signal })) {
      const { skipped } = entry;
      if (skipped)
        await this.store.write((store) => store.putSkipped(entry.relative, entry, skipped), signal);
      else this.queue.set(entry.relative, entry);
    }
  }

  private async forget(relative: string, signal: AbortSignal): Promise<void> {
    for (const name of this.queue.keys()) {
      if (name === relative || name.startsWith(`${relative}/`)) this.queue.delete(name);
    }
    await this.store.write((store) => store.remove(store.pathsUnder(relative)), signal);
  }

  private async indexFile(work: Work, signal: AbortSignal): Promise<void> {
    const { relative } = work;
    const read = await readTextFile(path.join(this.rules.root, relative));
    signal.throwIfAborted();
    if ('skipped' in read) {
      await this.store.write((store) => store.putSkipped(relative, work, read.skipped), signal);
      return;
    }
    const language = languageOf(relative);
    if (await this.store.write((store) => store.linkKnown(relative, read, read.hash, language), signal))
      return;
    const { outline, chunks } = await chunkFile(read.text, language);
    const indexed: IndexedChunk[] = [];
    // A long file takes several turns.
    const turn = turnKeeper();
    await turn.next(signal);
    for (const chunk of chunks) {
      indexed.push(indexChunk(chunk));
      if (turn.isOver()) await turn.next(signal);
    }
    await this.store.write(
      (store) => store.put(relative, read, read.hash, { ...outline, languageId: language }, indexed),
      signal,
    );
  }

  fileList(): ReturnType<Store['fileList']> {
    return this.store.current.fileList();
  }

  counts(): { files: number; chunks: number; bytes: number } {
    return { ...this.store.current.counts(), bytes: this.store.bytes };
  }

  /** Access for evaluation, which compares with the store's plain ranking. */
  get contents(): Store {
    return this.store.current;
  }

  /** Deletes the index of this folder and begins again. */
  rebuild(): void {
    this.store.rebuild();
  }

  close(): void {
    this.queue.clear();
    this.store.close();
  }
}

function realPathOr(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}
