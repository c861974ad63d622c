import { Priority, type LanguageModel, type ModelState } from '../inference/language-model';
import { UserError, isCancelled, throwIfAborted } from '../protocol/errors';

/** Where time or memory ended a measurement: why it went no further. */
interface Stopped {
  stopped?: string;
}

export interface ReadSpeed extends Stopped {
  /** Tokens that were read. */
  tokens: number;
  tokensPerSecond: number;
  /** What the model keeps of them, MB. */
  stateMB: number;
  cpuSeconds: number;
  /** Resident memory of the process at its highest while reading, MB. */
  peakMB: number;
}

export interface DecodeSpeed extends Stopped {
  /** Tokens read before. */
  after: number;
  /** Of that reading. */
  tokensPerSecond: number;
  /** Median. */
  msPerToken: number;
  stateMB: number;
  cpuSeconds: number;
  peakMB: number;
}

interface Options {
  /** Reading takes no longer for any length: what was read until then counts, and longer ones are left out. */
  limitSeconds?: number;
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

/** A figure, and the same of the model that it is held against. */
export type Compared<T> = T & { baseline?: T };

const decodedTokens = 128;
/** As many as a suggestion may have: a device chooses several tokens in a run, and may have several runs on their way. */
const atATime = 32;

/**
 * Measures each of `sizes` as far as memory and time go, with a baseline on both in turn: how fast a machine is changes within
 * minutes, so that only what was measured side by side can be compared.
 */
export async function sideBySide<T extends Stopped>(
  measure: (model: LanguageModel, size: number, options: Options) => Promise<T>,
  sizes: readonly number[],
  [model, other]: readonly [LanguageModel, LanguageModel?],
  options: Options = {},
): Promise<Compared<T>[]> {
  const results: Compared<T>[] = [];
  let baseline = other;
  for (const [i, size] of sizes.entries()) {
    options.onProgress?.(`${size} tokens`, i, sizes.length);
    try {
      const own: Compared<T> = await measure(model, size, options);
      results.push(own);
      if (baseline) own.baseline = await measure(baseline, size, options);
      if (own.baseline?.stopped) baseline = undefined;
    } catch (error) {
      // What there was no memory for leaves the shorter lengths as they are.
      const last = results.at(-1);
      if (!last || !(error instanceof UserError)) throw error;
      last.stopped = `${size} tokens: ${error.message}`;
    }
    if (results.at(-1)?.stopped) break;
  }
  return results;
}

/** Reads so many tokens into an empty state. What the tokens are does not change the cost. */
export async function measureReading(
  model: LanguageModel,
  tokens: number,
  options: Options = {},
): Promise<ReadSpeed> {
  const state = await model.create();
  try {
    const watch = stopwatch();
    const stopped = await readWithin(model, state, someIds(model, tokens), options);
    const { ms, ...used } = watch();
    const tokensPerSecond = (1000 * state.length) / ms;
    return { tokens: state.length, tokensPerSecond, stateMB: heldMB(model), ...used, ...stopped };
  } finally {
    model.release(state);
  }
}

/** Decodes after so many were read. */
export async function measureDecoding(
  model: LanguageModel,
  after: number,
  options: Options = {},
): Promise<DecodeSpeed> {
  const { signal, limitSeconds = Infinity } = options;
  const state = await model.create();
  try {
    const ids = someIds(model, after + decodedTokens + 1);
    const begun = performance.now();
    const stopped = await readWithin(model, state, ids.slice(0, after), options);
    const read = state.length;
    const tokensPerSecond = (1000 * read) / (performance.now() - begun);
    const watch = stopwatch();
    const times: number[] = [];
    const ends = performance.now() + 1000 * limitSeconds;
    // Some at a time, from given tokens on: a model that wants to stop does not cut the measurement short.
    while (state.length < read + decodedTokens && (times.length === 0 || performance.now() < ends)) {
      throwIfAborted(signal);
      const before = state.length;
      const started = performance.now();
      const work = { priority: Priority.Completion, signal, maxTokens: atATime };
      for await (const _ of model.decode(state, [ids[before]!], work));
      times.push((performance.now() - started) / (state.length - before));
    }
    const { cpuSeconds, peakMB } = watch();
    const msPerToken = median(times);
    const stateMB = heldMB(model);
    return { after: read, tokensPerSecond, msPerToken, stateMB, cpuSeconds, peakMB, ...stopped };
  } finally {
    model.release(state);
  }
}

/** Reads as many of `ids` as there is time for. */
async function readWithin(
  model: LanguageModel,
  state: ModelState,
  ids: readonly number[],
  { signal, limitSeconds }: Options,
): Promise<Stopped> {
  const signals = signal ? [signal] : [];
  const limit = limitSeconds === undefined ? [] : [AbortSignal.timeout(1000 * limitSeconds)];
  try {
    const until = AbortSignal.any([...signals, ...limit]);
    await model.read(state, ids, { priority: Priority.Completion, signal: until });
    return {};
  } catch (error) {
    if (!isCancelled(error) || signal?.aborted || state.length === 0) throw error;
    return { stopped: `${ids.length} tokens took longer than ${limitSeconds} s` };
  }
}

/** The state that is measured is the only one. */
function heldMB(model: LanguageModel): number {
  return model.stateBytesHeld() / 1e6;
}

/** Ordinary token ids, spread over the vocabulary, the same in every run. */
export function someIds(model: LanguageModel, count: number): number[] {
  const first = 64;
  return Array.from(
    { length: count },
    (_, i) => first + ((i * 7919) % (model.tokenizer.vocabularySize - first)),
  );
}

function stopwatch(): () => { ms: number; cpuSeconds: number; peakMB: number } {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let peak = process.memoryUsage.rss();
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  // A measurement that fails must not keep the process.
  timer.unref();
  return () => {
    clearInterval(timer);
    peak = Math.max(peak, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - started, cpuSeconds: (user + system) / 1e6, peakMB: peak / 1e6 };
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
