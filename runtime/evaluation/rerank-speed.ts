/** What re-ranking costs: of passages that were never read, and of those that an earlier question had read. */
import type { LanguageModel } from '../inference/language-model';
import { rerank, RERANK_BUDGET_MS } from '../questions';
import type { WorkspaceIndex } from '../retrieval';
import { Checkpoints } from '../state/checkpoints';
import { mean, times, type Times } from './statistics';

export interface RerankSpeed {
  budgetMs: number;
  /** Nothing was read before. */
  first: RerankTimes;
  /** The same question once more. */
  again: RerankTimes;
  /** Of all tokens of passages in the second round, those that were not read again. */
  reused: number;
}

export interface RerankTimes {
  /** Of search and re-ranking together. */
  ms: Times;
  /** Passages looked at, on average. */
  scored: number;
}

const PROPOSED = 50;
/** More than the states of so many passages take. */
const KEPT_BYTES = 1e9;

export async function measureReranking(
  index: WorkspaceIndex,
  questions: readonly string[],
  model: LanguageModel,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<RerankSpeed> {
  const checkpoints = new Checkpoints(model, KEPT_BYTES);
  const ask = async (question: string) => {
    const started = performance.now();
    const found = index.search(question, { folders: [], limit: PROPOSED });
    const { scored, cost } = await rerank(
      found,
      question,
      { model, checkpoints },
      {
        budgetMs: RERANK_BUDGET_MS,
        signal,
      },
    );
    return { ms: performance.now() - started, scored, cost };
  };
  const first: Awaited<ReturnType<typeof ask>>[] = [];
  const again: typeof first = [];
  for (const [at, question] of questions.entries()) {
    first.push(await ask(question));
    again.push(await ask(question));
    checkpoints.clear();
    onProgress?.(at + 1, questions.length);
  }
  const summary = (rounds: typeof first) => ({
    ms: times(rounds.map(({ ms }) => ms)),
    scored: mean(rounds.map(({ scored }) => scored)),
  });
  const total = (of: 'tokensRead' | 'tokensReused') => again.reduce((sum, { cost }) => sum + cost[of], 0);
  return {
    budgetMs: RERANK_BUDGET_MS,
    first: summary(first),
    again: summary(again),
    reused: total('tokensReused') / (total('tokensReused') + total('tokensRead')),
  };
}
