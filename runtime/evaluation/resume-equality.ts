/**
 * Whether going on from a saved state is the same as having read the whole: the same greedy tokens, and how far the states are
 * apart. The reading is split elsewhere, so the blocks differ, and with them the order in which numbers are added.
 */
import { Priority, type LanguageModel, type ModelState } from '../inference/language-model';
import { seededRandom } from '../models/seeded-random';
import type { StateSnapshot } from '../inference/snapshot';
import { throwIfAborted } from '../protocol/errors';
import { decodeState, encodeState } from '../state/state-file';
import { standardDeviation } from './differences';

export interface EqualityReport {
  pairs: number;
  /** Pairs whose greedy tokens are all the same. */
  equal: number;
  greedyTokens: number;
  /** Largest difference of any number of the state after the cut, over the standard deviation of its tensor. */
  stateError: number;
  precision: string;
}

export interface EqualityOptions {
  texts: readonly string[];
  pairs: number;
  /** Of a text so many are read at most. */
  tokens: number;
  seed?: number;
  signal?: AbortSignal | undefined;
  onProgress?: (label: string, done: number, total: number) => void;
}

const greedyTokens = 32;
const shortest = 16;

export async function measureEquality(
  model: LanguageModel,
  { texts, pairs, tokens, seed = 1, signal, onProgress }: EqualityOptions,
): Promise<EqualityReport> {
  const random = seededRandom(seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const long = texts.map((text) => model.tokenizer.encode(text)).filter((ids) => ids.length >= 2 * shortest);
  let [equal, stateError] = [0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    throwIfAborted(signal);
    onProgress?.('comparing', pair, pairs);
    const text = long[between(0, long.length - 1)]!;
    const cut = between(shortest, Math.min(tokens, text.length));
    const resumedAt = between(1, cut - 1);
    const ids = text.slice(0, cut);
    const whole = await readWhole(model, ids, signal);
    const resumed = await readResumed(model, ids, resumedAt, signal);
    if (whole.greedy.join() === resumed.greedy.join()) equal++;
    stateError = Math.max(stateError, distance(whole.snapshot, resumed.snapshot));
  }
  return { pairs, equal, greedyTokens, stateError, precision: model.info.precision };
}

interface Read {
  greedy: number[];
  snapshot: StateSnapshot;
}

async function readWhole(model: LanguageModel, ids: number[], signal?: AbortSignal): Promise<Read> {
  const state = await model.create();
  await model.read(state, ids.slice(0, -1), { priority: Priority.Completion, signal });
  return goOn(model, state, ids.at(-1)!, signal);
}

/** By way of the bytes of a saved state, as after a restart. */
async function readResumed(
  model: LanguageModel,
  ids: number[],
  at: number,
  signal?: AbortSignal,
): Promise<Read> {
  const work = { priority: Priority.Completion, signal };
  const first = await model.create();
  await model.read(first, ids.slice(0, at), work);
  const snapshot = await model.exportState(first, work);
  model.release(first);
  const bytes = encodeState('', Int32Array.from(ids.slice(0, at)), snapshot);
  const state = await model.importState(decodeState(bytes)!.snapshot, work);
  await model.read(state, ids.slice(at, -1), work);
  return goOn(model, state, ids.at(-1)!, signal);
}

async function goOn(
  model: LanguageModel,
  state: ModelState,
  last: number,
  signal?: AbortSignal,
): Promise<Read> {
  const work = { priority: Priority.Completion, signal };
  const snapshot = await model.exportState(state, work);
  const greedy: number[] = [];
  for await (const { id } of model.decode(state, [last], { ...work, maxTokens: greedyTokens }))
    greedy.push(id);
  model.release(state);
  return { greedy, snapshot };
}

function distance(a: StateSnapshot, b: StateSnapshot): number {
  let largest = 0;
  for (const [i, { name, data }] of a.tensors.entries()) {
    // Logits are no part of what is gone on from.
    if (name === 'logits') continue;
    const other = b.tensors[i]!.data;
    const deviation = standardDeviation(data) || 1;
    for (let k = 0; k < data.length; k++)
      largest = Math.max(largest, Math.abs(data[k]! - other[k]!) / deviation);
  }
  return largest;
}
