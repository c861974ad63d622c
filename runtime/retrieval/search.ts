/** Full-text search over one folder's store: candidates from its BM25, then our own order (see ranking.ts). */
import { queryTerms, type QueryTerm } from './query';
import {
  diversify,
  rank,
  RANKING_WEIGHTS,
  type Candidate,
  type Ranked,
  type RankingWeights,
} from './ranking';
import type { Store, StoredChunk } from './store';
import { termSet } from './words';

/** Chunks that the store's ranking may propose, and those whose words are looked at. */
const PROPOSED = 120;
const BY_PATH = 8;

export type FoundChunk = StoredChunk & Candidate;

export interface SearchOptions {
  /** Only files under these relative prefixes (each ends in '/', '' = all); all when absent. */
  prefixes?: readonly string[];
  limit: number;
  weights?: RankingWeights;
}

/** Best first. An empty question, or one whose words nowhere occur, finds nothing. */
export function searchStore(store: Store, question: string, options: SearchOptions): Ranked<FoundChunk>[] {
  const terms = queryTerms(question);
  if (terms.length === 0) return [];
  const expression = terms.map(({ term }) => `"${term}"`).join(' OR ');
  const candidates = new Map<number, FoundChunk>();
  for (const prefix of options.prefixes ?? ['']) {
    for (const match of [
      ...store.match(expression, prefix, PROPOSED),
      ...store.matchPaths(expression, prefix, BY_PATH),
    ]) {
      if (candidates.has(match.id)) continue;
      const chunk = store.chunk(match.id, match.path);
      if (chunk) candidates.set(match.id, describe(chunk, match.score));
    }
  }
  const idf = inverseFrequency(store, terms);
  return diversify(rank([...candidates.values()], terms, idf, options.weights ?? RANKING_WEIGHTS)).slice(
    0,
    options.limit,
  );
}

function describe(chunk: StoredChunk, bm25: number): FoundChunk {
  return {
    ...chunk,
    bm25,
    names: termSet(`${chunk.title ?? ''} ${chunk.symbols}`),
    body: termSet(chunk.text),
    pathTerms: termSet(chunk.path),
  };
}

/** BM25's own weight of a term: rare terms tell more. */
function inverseFrequency(store: Store, terms: readonly QueryTerm[]): (term: string) => number {
  const { chunks } = store.counts();
  const weights = new Map(
    terms.map(({ term }) => {
      const seen = store.documentCount(term);
      return [term, Math.log(1 + (chunks - seen + 0.5) / (seen + 0.5))];
    }),
  );
  return (term) => Math.max(0.01, weights.get(term) ?? 0);
}
