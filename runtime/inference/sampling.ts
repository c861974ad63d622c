import { logSumExp } from './log-sum-exp';

/** How the next token is chosen from logits. `random` in [0, 1) decides where there is a choice. */
export interface Choice {
  /** 0 = the likeliest. */
  temperature: number;
  /** Only the likeliest tokens whose probabilities sum to this are drawn from. */
  topP: number;
  random: number;
}

export interface ChosenToken {
  id: number;
  /** Natural logarithm of its probability at temperature 1. */
  logProbability: number;
}

export function chooseToken(logits: Float32Array, choice: Choice): ChosenToken {
  const likeliest = argmax(logits);
  const largest = logits[likeliest]!;
  const id = choice.temperature > 0 ? draw(logits, largest, choice) : likeliest;
  return { id, logProbability: logits[id]! - logSumExp(logits, largest) };
}

/** Natural logarithm of a token's probability at temperature 1. */
export function logProbability(logits: Float32Array, id: number): number {
  return logits[id]! - logSumExp(logits, logits[argmax(logits)]!);
}

/** The first of the largest. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  let largest = logits[0]!;
  for (let i = 1; i < logits.length; i++) {
    const logit = logits[i]!;
    if (logit > largest) {
      largest = logit;
      best = i;
    }
  }
  return best;
}

function draw(logits: Float32Array, largest: number, { temperature, topP, random }: Choice): number {
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  let total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = Array.from(logits.keys()).sort((a, b) => weights[b]! - weights[a]! || a - b);
  let kept = order.length;
  if (topP < 1) {
    let sum = 0;
    kept = 0;
    while (kept < order.length && sum < topP * total) sum += weights[order[kept++]!]!;
    kept = Math.max(1, kept);
    total = kept === 1 ? weights[order[0]!]! : sum;
  }
  let left = random * total;
  for (let i = 0; i < kept - 1; i++) {
    left -= weights[order[i]!]!;
    if (left < 0) return order[i]!;
  }
  return order[kept - 1]!;
}

/**
 * Log-probability of each of `ids`; `logits` [ids, vocabulary] are those after each, `before` those after the token in front.
 */
export function scoresOf(
  ids: readonly number[],
  before: Float32Array | undefined,
  logits: Float32Array,
): Float32Array {
  const vocabulary = logits.length / ids.length;
  return Float32Array.from(ids, (id, i) => {
    const row = i === 0 ? before : logits.subarray((i - 1) * vocabulary, i * vocabulary);
    return row ? logProbability(row, id) : NaN;
  });
}
