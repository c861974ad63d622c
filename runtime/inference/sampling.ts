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
  const id = choice.temperature > 0 ? draw(logits, choice) : argmax(logits);
  return { id, logProbability: logits[id]! - logSumExp(logits) };
}

/** The first of the largest. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

export function logSumExp(logits: Float32Array): number {
  const largest = logits[argmax(logits)]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest);
  return largest + Math.log(sum);
}

function draw(logits: Float32Array, { temperature, topP, random }: Choice): number {
  const largest = logits[argmax(logits)]!;
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
