/**
 * Orders what the store's ranking found. BM25 counts how often terms occur; what a question asks for also shows in
 * how many of its terms a passage covers, in its symbols' names and in its path.
 */
import type { QueryTerm } from './query';

/** One candidate as sets of terms. */
export interface Candidate {
  path: string;
  startLine: number;
  endLine: number;
  /** The store's BM25, higher is better; 0 when only the path matched. */
  bm25: number;
  kind: string;
  names: ReadonlySet<string>;
  body: ReadonlySet<string>;
  pathTerms: ReadonlySet<string>;
}

export interface Ranked<T> {
  item: T;
  score: number;
}

/** Tuned on two question sets, checked on two others (test/golden/retrieval/README.md); each is a share of the best BM25. */
export interface RankingWeights {
  coverage: number;
  names: number;
  path: number;
  identifier: number;
  testFactor: number;
  proseFactor: number;
  /** Of what stands outside of every symbol: imports, headers. */
  headFactor: number;
  /** Of types and plain data: questions mostly ask what is done, not how it is typed. */
  typeFactor: number;
}

export const RANKING_WEIGHTS: RankingWeights = {
  coverage: 0.1,
  names: 0.8,
  path: 0.7,
  identifier: 0.3,
  testFactor: 0.45,
  proseFactor: 0.7,
  headFactor: 0.85,
  typeFactor: 0.75,
};

const TYPE_KINDS = new Set(['interface', 'type', 'enum', 'property']);

/** `idf(term)`: how telling a term is in this index, > 0. Highest score first. */
export function rank<T extends Candidate>(
  candidates: readonly T[],
  terms: readonly QueryTerm[],
  idf: (term: string) => number,
  weights: RankingWeights = RANKING_WEIGHTS,
): Ranked<T>[] {
  const best = Math.max(1e-9, ...candidates.map((candidate) => candidate.bm25));
  const words = terms.filter((term) => !term.identifier);
  const weightOf = new Map(terms.map(({ term }) => [term, idf(term)]));
  const total = words.reduce((sum, { term }) => sum + weightOf.get(term)!, 0) || 1;
  const share = (present: (term: string) => boolean) =>
    words.reduce((sum, { term }) => sum + (present(term) ? weightOf.get(term)! : 0), 0) / total;
  const asksForTests = terms.some(({ term }) => term === 'test' || term === 'spec');

  return candidates
    .map((item) => {
      const coverage = share(
        (term) => item.body.has(term) || item.names.has(term) || item.pathTerms.has(term),
      );
      const named = share((term) => item.names.has(term));
      const inPath = share((term) => item.pathTerms.has(term));
      const identifiers = terms.filter((term) => term.identifier && item.names.has(term.term)).length;
      let score =
        item.bm25 / best +
        weights.coverage * coverage * coverage +
        weights.names * named +
        weights.path * inPath +
        weights.identifier * Math.min(1, identifiers);
      if (!asksForTests && isTestPath(item.path)) score *= weights.testFactor;
      if (isProsePath(item.path)) score *= weights.proseFactor;
      if (item.kind === 'module') score *= weights.headFactor;
      if (TYPE_KINDS.has(item.kind)) score *= weights.typeFactor;
      return { item, score };
    })
    .sort(
      (a, b) =>
        b.score - a.score || compareText(a.item.path, b.item.path) || a.item.startLine - b.item.startLine,
    );
}

/** Keeps the order, drops passages that overlap a better one, and puts a file's fourth and later passages last. */
export function diversify<T extends { path: string; startLine: number; endLine: number; text: string }>(
  ranked: readonly Ranked<T>[],
  perFile = 3,
): Ranked<T>[] {
  const kept: Ranked<T>[] = [];
  const late: Ranked<T>[] = [];
  const byFile = new Map<string, T[]>();
  const texts = new Set<string>();
  for (const entry of ranked) {
    const { item } = entry;
    const same = byFile.get(item.path) ?? [];
    if (
      texts.has(item.text) ||
      same.some((other) => item.startLine <= other.endLine && other.startLine <= item.endLine)
    )
      continue;
    texts.add(item.text);
    byFile.set(item.path, [...same, item]);
    (same.length < perFile ? kept : late).push(entry);
  }
  return [...kept, ...late];
}

export function isTestPath(path: string): boolean {
  return /(^|\/)(tests?|__tests__|specs?|e2e|fixtures?|testdata|__mocks__|mocks?)\/|[._-](test|spec|e2e)\.[^/]+$|(^|\/)(test_[^/]+|[^/]+_test|conftest)\.[^/]+$/i.test(
    path,
  );
}

function isProsePath(path: string): boolean {
  return /\.(md|mdx|markdown|rst|txt|adoc|json|ya?ml|toml)$/i.test(path);
}

/** Code point order: the same everywhere. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
