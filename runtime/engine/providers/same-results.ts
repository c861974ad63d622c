import { blocks } from '../../graph/blocks';
import { greedySteps } from '../../graph/greedy-graph';
import type { DecodedToken, LanguageModel, WorkOptions } from '../../inference/language-model';
import { spreadIds } from './timings';

/** So that a device reads a block, and what is left behind it by another graph. */
const readTokens = blocks.shortest + 32;
const scoredTokens = 32;
const writtenTokens = greedySteps + 1;

/**
 * Largest difference of log-probabilities that counts as the same results. Rounding in another order makes less than a
 * tenth of it, a wrong driver or products that are summed in half precision make more.
 */
export const tolerance = 0.01;

/** What a model makes of a short text, by every kind of run that the product has. */
export interface Results {
  /** Log-probabilities of given tokens. */
  scores: Float32Array;
  /** What it writes behind them, the likeliest token each time. */
  written: DecodedToken[];
}

/** @param piece tokens read at a time: what is expected comes in short pieces, all by the same graph */
export async function resultsOf(
  model: LanguageModel,
  work: WorkOptions,
  piece = readTokens,
): Promise<Results> {
  const ids = spreadIds(model, readTokens + scoredTokens + 1);
  const state = await model.create();
  try {
    for (let at = 0; at < readTokens; at += piece)
      await model.read(state, ids.slice(at, Math.min(at + piece, readTokens)), work);
    const scores = await model.score(state, ids.slice(readTokens, -1), work);
    const written: DecodedToken[] = [];
    for await (const token of model.decode(state, ids.slice(-1), { ...work, maxTokens: writtenTokens }))
      written.push(token);
    return { scores, written };
  } finally {
    model.release(state);
  }
}

/** Largest difference between two models' log-probabilities; NaN where one of them is none. */
export function largestDifference(a: Results, b: Results): number {
  let largest = 0;
  const compare = (x: number, y: number) => (largest = Math.max(largest, Math.abs(x - y)));
  a.scores.forEach((score, i) => compare(score, b.scores[i]!));
  for (let i = 0; i < Math.max(a.written.length, b.written.length); i++) {
    const [x, y] = [a.written[i], b.written[i]];
    // One of them has stopped: a stop token was as likely as another, or something is wrong.
    if (!x || !y) break;
    compare(x.logProbability, y.logProbability);
    // Two tokens may be equally likely; behind them the texts differ.
    if (x.id !== y.id) break;
  }
  return largest;
}
