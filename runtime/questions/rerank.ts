/** Re-orders the best passages by the model's likelihood, as far as the time allows. */
import { Priority } from '../inference/language-model';
import { noToken } from '../models/manifest';
import type { Evidence } from './evidence';
import { QuestionLikelihood, type ReadingModel } from './likelihood';

/** What an answer may spend on it, where it is switched on. */
export const RERANK_BUDGET_MS = 1000;

export interface RerankOptions {
  budgetMs: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
  now?: () => number;
}

/** Passages that are looked at, time permitting. */
export const RERANKED = 50;
/** The model's share of the verdict, the words having the rest, both scaled to 0..1 (figures: test/golden/retrieval/README.md). */
const LIKELIHOOD_WEIGHT = 0.4;

export interface Reranked {
  evidence: Evidence[];
  /** How many were looked at. */
  scored: number;
  /** Tokens of passages: read now, and read for an earlier question. */
  cost: { tokensRead: number; tokensReused: number };
}

/**
 * The passages in their new order. Those that the time did not suffice for keep their order behind every one that was
 * looked at: their words had matched worse to begin with.
 */
export async function rerank(
  evidence: readonly Evidence[],
  question: string,
  model: ReadingModel,
  options: RerankOptions,
): Promise<Reranked> {
  const { snippet, doc } = model.model.info.special;
  // It has not learnt to describe code: what it finds likely says nothing.
  if (snippet === noToken || doc === noToken)
    return { evidence: [...evidence], scored: 0, cost: { tokensRead: 0, tokensReused: 0 } };
  const now = options.now ?? performance.now.bind(performance);
  const until = now() + options.budgetMs;
  const head = evidence.slice(0, RERANKED);
  const likelihood = new QuestionLikelihood(model, question, {
    priority: Priority.Question,
    signal: options.signal,
  });
  const gains: number[] = [];
  // The longest that a passage took, by whether it had been read before.
  const longest = { read: 0, known: 0 };
  for (const item of head) {
    options.signal?.throwIfAborted();
    const prompt = likelihood.prompt(item.text);
    const kind = likelihood.wasRead(prompt) ? 'known' : 'read';
    // A passage that would end after the budget is not begun.
    if (now() + longest[kind] > until) break;
    const started = now();
    gains.push(await likelihood.gain(prompt));
    // The first one also paid for the question alone.
    if (gains.length > 1) longest[kind] = Math.max(longest[kind], now() - started);
    options.onProgress?.(gains.length, head.length);
  }
  const scored = head.slice(0, gains.length);
  const order = fuse(
    scored.map((item) => item.score),
    gains,
  );
  return {
    evidence: [...order.map((at) => scored[at]!), ...evidence.slice(gains.length)],
    scored: gains.length,
    cost: likelihood.cost,
  };
}

/** Indexes in the order of the weighted sum of both lists, each scaled to 0..1. */
export function fuse(
  lexical: readonly number[],
  gains: readonly number[],
  weight = LIKELIHOOD_WEIGHT,
): number[] {
  const a = scaled(lexical);
  const b = scaled(gains);
  const score = a.map((value, at) => (1 - weight) * value + weight * b[at]!);
  return score.map((_, at) => at).sort((x, y) => score[y]! - score[x]! || x - y);
}

function scaled(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const span = Math.max(...values) - least;
  return values.map((value) => (span > 0 ? (value - least) / span : 0));
}
