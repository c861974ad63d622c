import { Priority, type LanguageModel } from '../inference/language-model';
import { throwIfAborted } from '../protocol/errors';

export interface ReadSpeed {
  tokens: number;
  tokensPerSecond: number;
  cpuSeconds: number;
  /** Resident memory of the process at its highest while reading, MB. */
  peakMB: number;
}

export interface DecodeSpeed {
  /** Tokens read before. */
  after: number;
  /** Median. */
  msPerToken: number;
  cpuSeconds: number;
  peakMB: number;
}

interface Options {
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

/** A figure, and the same of the model that it is held against. */
export type Compared<T> = T & { baseline?: T };

const decodedTokens = 64;
/** Fits the runs of devices that choose several tokens in each. */
const atATime = 4;

/**
 * Measures each of `sizes`, with a baseline on both in turn: how fast a machine is changes within minutes, so that only what was
 * measured side by side can be compared.
 */
export async function sideBySide<T>(
  measure: (model: LanguageModel, sizes: readonly number[], options: Options) => Promise<T[]>,
  sizes: readonly number[],
  [model, baseline]: readonly [LanguageModel, LanguageModel?],
  options: Options = {},
): Promise<Compared<T>[]> {
  if (!baseline) return (await measure(model, sizes, options)) as Compared<T>[];
  const results: Compared<T>[] = [];
  for (const [i, size] of sizes.entries()) {
    const rest = {
      ...options,
      onProgress: (label: string) => options.onProgress?.(label, i, sizes.length),
    };
    const [own] = await measure(model, [size], rest);
    const [other] = await measure(baseline, [size], rest);
    results.push({ ...own!, baseline: other! });
  }
  return results;
}

/** Reads so many tokens into an empty state, once for each length. What the tokens are does not change the cost. */
export async function measureReading(
  model: LanguageModel,
  lengths: readonly number[],
  options: Options = {},
): Promise<ReadSpeed[]> {
  const results: ReadSpeed[] = [];
  for (const [i, tokens] of lengths.entries()) {
    options.onProgress?.(`${tokens} tokens`, i, lengths.length);
    const state = await model.create();
    const watch = stopwatch();
    await model.read(state, someIds(model, tokens), {
      priority: Priority.Completion,
      signal: options.signal,
    });
    const { ms, cpuSeconds, peakMB } = watch();
    model.release(state);
    results.push({ tokens, tokensPerSecond: (1000 * tokens) / ms, cpuSeconds, peakMB });
  }
  return results;
}

/** Decodes after so many were read. */
export async function measureDecoding(
  model: LanguageModel,
  afters: readonly number[],
  options: Options = {},
): Promise<DecodeSpeed[]> {
  const results: DecodeSpeed[] = [];
  for (const [i, after] of afters.entries()) {
    options.onProgress?.(`after ${after} tokens`, i, afters.length);
    const work = { priority: Priority.Completion, signal: options.signal };
    const state = await model.create();
    const ids = someIds(model, after + decodedTokens + 1);
    await model.read(state, ids.slice(0, after), work);
    const watch = stopwatch();
    const times: number[] = [];
    // A few at a time, from given tokens on: a model that wants to stop does not cut the measurement short.
    while (state.length < after + decodedTokens) {
      throwIfAborted(options.signal);
      const before = state.length;
      const started = performance.now();
      for await (const _ of model.decode(state, [ids[before]!], { ...work, maxTokens: atATime }));
      times.push((performance.now() - started) / (state.length - before));
    }
    const { cpuSeconds, peakMB } = watch();
    model.release(state);
    results.push({ after, msPerToken: median(times), cpuSeconds, peakMB });
  }
  return results;
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
