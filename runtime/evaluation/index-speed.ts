/** What the index of a folder costs: made at once, after an edit, after a restart, in a question. */
import { appendFile, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModel } from '../inference/language-model';
import { seededRandom } from '../models/seeded-random';
import { UserError } from '../protocol/errors';
import { createPathRules, walk, WorkspaceIndex } from '../retrieval';
import { firstSentence } from './doc-question';
import { measureReranking, type RerankSpeed } from './rerank-speed';
import { percentile, times, type Times } from './statistics';

export interface IndexSpeed {
  files: number;
  chunks: number;
  megabytes: number;
  filesPerSecond: number;
  mbPerSecond: number;
  bytesOnDisk: number;
  /** The longest that anything else in the process had to wait while the index was made. */
  longestWaitMs: number;
  /** From the end of a file's writing until a question finds what was written. */
  editToSearchableMs: Times;
  /** From opening until nothing is left to do, nothing having changed. */
  restartMs: number;
  queryMs: Times;
  /** Absent without a model. */
  reranked?: RerankSpeed;
  /** The most that the process took before the model was loaded. */
  peakMB: number;
  /** Of the process, while files are edited and questions asked: medians of the first and the last tenth. */
  memoryMB: { begin: number; end: number };
}

export interface IndexSpeedOptions {
  signal: AbortSignal;
  edits?: number;
  questions?: number;
  /** Runs a job with the model that re-ranks. */
  withModel?: <T>(job: (model: LanguageModel) => Promise<T>) => Promise<T>;
  onProgress?: (what: string, done: number, total: number) => void;
}

/** Between two looks whether an edit is found. */
const POLL_MS = 2;
/** Questions that are re-ranked. */
const RERANKED = 20;
/** An edit that is not found by then never will be. */
const GIVE_UP_MS = 60_000;

/** Works on a copy of what the index would hold of `root`. The grammars must be open. */
export async function measureIndex(root: string, options: IndexSpeedOptions): Promise<IndexSpeed> {
  const place = await mkdtemp(path.join(tmpdir(), 'longview-bench-'));
  const copy = path.join(place, 'copy');
  const open = async () => {
    const folders = [{ path: copy, name: 'copy' }];
    const index = new WorkspaceIndex({ dataFolder: path.join(place, 'data'), folders });
    await index.open();
    return index;
  };
  try {
    const { files, bytes } = await copyIncluded(root, copy, options);
    if (files.length === 0) throw new UserError(`There is no file to index in ${root}.`);
    const first = await open();
    const made = await makeAll(first, options);
    const asked = questionsAbout(first, options);
    const memory: number[] = [];
    const note = () => memory.push(process.memoryUsage.rss() / 2 ** 20);
    const editToSearchableMs = await edits(first, copy, note, options);
    const queryMs = await queries(first, asked, note, options);
    const peakMB = process.resourceUsage().maxRSS / 1024;
    const reranked = await options.withModel?.((model) =>
      measureReranking(first, asked.slice(0, RERANKED), model, {
        signal: options.signal,
        onProgress: (...progress) => options.onProgress?.('re-ranking', ...progress),
      }),
    );
    await first.close();

    const restarted = performance.now();
    const second = await open();
    await ready(second);
    const restartMs = performance.now() - restarted;
    const { filesDone, chunks, bytesOnDisk } = second.status();
    await second.close();
    return {
      files: filesDone,
      chunks,
      megabytes: bytes / 1e6,
      filesPerSecond: files.length / made.seconds,
      mbPerSecond: bytes / 1e6 / made.seconds,
      bytesOnDisk,
      longestWaitMs: made.longestWaitMs,
      editToSearchableMs,
      restartMs,
      queryMs,
      reranked,
      peakMB,
      memoryMB: beginAndEnd(memory),
    };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function copyIncluded(
  root: string,
  copy: string,
  { signal }: IndexSpeedOptions,
): Promise<{ files: string[]; bytes: number }> {
  const files: string[] = [];
  let bytes = 0;
  for await (const { relative, size, skipped } of walk(createPathRules(root), { signal })) {
    if (skipped) continue;
    await mkdir(path.dirname(path.join(copy, relative)), { recursive: true });
    await copyFile(path.join(root, relative), path.join(copy, relative));
    files.push(relative);
    bytes += size;
  }
  return { files, bytes };
}

async function makeAll(
  index: WorkspaceIndex,
  { signal, onProgress }: IndexSpeedOptions,
): Promise<{ seconds: number; longestWaitMs: number }> {
  const unsubscribe = index.onStatus(({ filesDone, filesTotal }) => {
    if (signal.aborted) index.pause();
    onProgress?.('indexing', filesDone, filesTotal);
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  await ready(index);
  const seconds = (performance.now() - started) / 1000;
  delay.disable();
  unsubscribe();
  signal.throwIfAborted();
  await index.idle();
  return { seconds, longestWaitMs: delay.max / 1e6 };
}

/** Starts the index and waits until it has no file left to look at. */
async function ready(index: WorkspaceIndex): Promise<void> {
  const done = new Promise<void>((resolve) => {
    index.onStatus(({ state }) => {
      if (state === 'ready' || state === 'paused' || state === 'failed') resolve();
    });
  });
  index.start();
  await done;
}

async function edits(
  index: WorkspaceIndex,
  copy: string,
  note: () => void,
  { edits: count = 40, signal, onProgress }: IndexSpeedOptions,
): Promise<Times> {
  const random = seededRandom(1);
  const files = index.files().filter(({ skipped, chunks }) => !skipped && chunks > 0);
  const ms: number[] = [];
  for (let at = 0; at < count; at++) {
    const file = path.join(copy, files[Math.floor(random() * files.length)]!.displayPath);
    const word = `zqx${letters(at)}marker`;
    await appendFile(file, `\n# ${word}\n`);
    const started = performance.now();
    index.applyChanges([{ path: file, kind: 'changed' }]);
    while (index.search(word, { folders: [], limit: 1 }).length === 0) {
      signal.throwIfAborted();
      if (performance.now() - started > GIVE_UP_MS)
        throw new Error(`${file} was changed and is still not found after ${GIVE_UP_MS} ms.`);
      await sleep(POLL_MS);
    }
    ms.push(performance.now() - started);
    note();
    onProgress?.('editing', at + 1, count);
  }
  return times(ms);
}

/** A number in 26 letters: words hold no digits. */
function letters(count: number): string {
  const digit = String.fromCharCode(97 + (count % 26));
  return count < 26 ? digit : letters(Math.floor(count / 26)) + digit;
}

/** The first sentences of what documents the code, else its names. */
function questionsAbout(index: WorkspaceIndex, { questions: count = 100 }: IndexSpeedOptions): string[] {
  const random = seededRandom(2);
  const chunks = index.parts[0]!.contents.passages.allChunks();
  const documented = chunks.filter(({ doc }) => doc !== '');
  const pool = documented.length > 0 ? documented : chunks;
  return Array.from({ length: count }, () => {
    const { doc, symbols, path: file } = pool[Math.floor(random() * pool.length)]!;
    return firstSentence(doc) || symbols || file;
  });
}

async function queries(
  index: WorkspaceIndex,
  questions: readonly string[],
  note: () => void,
  { signal, onProgress }: IndexSpeedOptions,
): Promise<Times> {
  await index.idle();
  const ms: number[] = [];
  for (const [at, question] of questions.entries()) {
    signal.throwIfAborted();
    const started = performance.now();
    index.search(question, { folders: [], limit: 10 });
    ms.push(performance.now() - started);
    note();
    onProgress?.('asking', at + 1, questions.length);
    // Progress and cancellation are heard between questions.
    await sleep(0);
  }
  return times(ms);
}

function beginAndEnd(memory: readonly number[]): IndexSpeed['memoryMB'] {
  const tenth = Math.ceil(memory.length / 10);
  return { begin: percentile(memory.slice(0, tenth), 0.5), end: percentile(memory.slice(-tenth), 0.5) };
}
