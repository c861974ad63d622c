import type { DecodeOptions, LanguageModel, ModelState, WorkOptions } from '../../inference/language-model';
import { isCancelled, throwIfAborted } from '../../protocol/errors';
import { typical } from './choose-provider';
import type { Timings } from './finding';

/** Of a slow model less is read than a jump needs: its speed shows sooner. */
const longestReadMs = 3000;
/** As many as a device chooses in one run. */
const atATime = 4;
const rounds = 3;
/** A slow model's times vary little: one round is enough. */
const longestMs = 5000;

/** Times of a jump and the suggestion after it: the medians of some rounds, after one in which everything warms up. */
export async function measureTimings(
  model: LanguageModel,
  work: WorkOptions,
  onRound: () => void,
): Promise<Timings> {
  await round(model, work);
  const started = performance.now();
  const measured: Timings[] = [];
  do {
    onRound();
    measured.push(await round(model, work));
  } while (measured.length < rounds && performance.now() - started < longestMs);
  const middle = (of: keyof Timings) => median(measured.map((each) => each[of]));
  return {
    readTokensPerSecond: middle('readTokensPerSecond'),
    firstTokenMs: middle('firstTokenMs'),
    msPerToken: middle('msPerToken'),
  };
}

async function round(model: LanguageModel, work: WorkOptions): Promise<Timings> {
  const ids = spreadIds(model, typical.jump + typical.key + typical.written);
  const state = await model.create();
  try {
    const readMs = await timed(() => readForAWhile(model, state, ids.slice(0, typical.jump), work));
    const readTokensPerSecond = (1000 * state.length) / readMs;
    const key = ids.slice(typical.jump, -typical.written);
    const firstTokenMs = await timed(() => write(model, state, key, { ...work, maxTokens: 1 }));
    const written: number[] = [];
    // From given tokens on, so that a model that wants to stop is measured as well.
    for (const id of ids.slice(-typical.written / atATime)) {
      const before = state.length;
      const ms = await timed(() => write(model, state, [id], { ...work, maxTokens: atATime }));
      written.push(ms / (state.length - before));
    }
    return { readTokensPerSecond, firstTokenMs, msPerToken: median(written) };
  } finally {
    model.release(state);
  }
}

/** The state holds a whole number of blocks, fewer than `ids` where time is up. */
async function readForAWhile(
  model: LanguageModel,
  state: ModelState,
  ids: readonly number[],
  work: WorkOptions,
): Promise<void> {
  const time = AbortSignal.timeout(longestReadMs);
  const signal = work.signal ? AbortSignal.any([work.signal, time]) : time;
  try {
    await model.read(state, ids, { ...work, signal });
  } catch (error) {
    throwIfAborted(work.signal);
    if (!isCancelled(error)) throw error;
  }
}

async function write(
  model: LanguageModel,
  state: ModelState,
  prompt: readonly number[],
  options: DecodeOptions,
): Promise<void> {
  for await (const _ of model.decode(state, prompt, options));
}

/** Ordinary token ids, spread over the vocabulary, the same in every run. */
export function spreadIds(model: LanguageModel, count: number): number[] {
  const first = 64;
  return Array.from(
    { length: count },
    (_, i) => first + ((i * 7919) % (model.tokenizer.vocabularySize - first)),
  );
}

async function timed(job: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await job();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
