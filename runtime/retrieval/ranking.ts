/**
 * Orders what the store's ranking found. BM25 counts how often terms occur; what a question asks for also shows in
 * how many of its terms a passage covers, in its symbols' names, in its path, and in what its kind is.
 */
import type { Question } from './query';
import { termOf } from './words';

/** One candidate as sets of terms. */
export interface Candidate {
  path: string;
  startLine: number;
  endLine: number;
  /** The store's BM25, higher is better; 0 when only the path matched. */
  bm25: number;
  kind: string;
  exported: boolean;
  /** Parts of the name that the passage defines first, in their order; empty outside of symbols. */
  own: readonly string[];
  /** Of all names that it shows, and of those around it. */
  names: ReadonlySet<string>;
  body: ReadonlySet<string>;
  pathTerms: ReadonlySet<string>;
}

export interface Ranked<T> {
  item: T;
  score: number;
}

export interface RankingContext {
  /** How telling a term is in this index, > 0. */
  idf: (term: string) => number;
  /** What is known of a file before its words are looked at, 0..1; nothing when absent. */
  prior?: (path: string) => number;
  /** Candidates that define what others use which match well. */
  used?: ReadonlySet<Candidate>;
  weights?: RankingWeights;
}

/** Tuned on eight repositories, checked on seven others (test/golden/retrieval/README.md); each is a share of the best BM25. */
export interface RankingWeights {
  /** Of the question's terms anywhere in the passage, cubed: the last missing one counts most. */
  coverage: number;
  /** Of the question's terms among all names, and in the passage's own name. */
  names: number;
  ownName: number;
  path: number;
  identifier: number;
  /** Of its own name's parts in the question: `formatLink` answers "format a link" better than `formatAllLinksOnce`. */
  precision: number;
  /** The name begins as the question does, most often with the same verb. */
  verb: number;
  /** "Whether …" is what `isX` and `checkX` answer. */
  predicate: number;
  exported: number;
  /** Functions, methods and classes: questions mostly ask what is done. */
  action: number;
  prior: number;
  used: number;
  testFactor: number;
  /** Of tests where the question speaks of tests: it may mean what is there to test with. */
  askedTestFactor: number;
  proseFactor: number;
  typeFactor: number;
}

export const RANKING_WEIGHTS: RankingWeights = {
  coverage: 0.3,
  names: 0.8,
  ownName: 0.8,
  path: 1,
  identifier: 0.3,
  precision: 0.4,
  verb: 0.2,
  predicate: 0.6,
  exported: 0.3,
  action: 0.3,
  prior: 0.2,
  used: 0.15,
  testFactor: 0.45,
  askedTestFactor: 0.6,
  proseFactor: 0.6,
  typeFactor: 0.75,
};

const ACTION_KINDS = new Set(['function', 'method', 'constructor', 'class']);
const TYPE_KINDS = new Set(['interface', 'type', 'enum', 'property']);
/** First parts of names that answer with yes or no, as they are indexed. */
const PREDICATES = new Set(
  'is has can should need check validate verify contain support was are does allow'.split(' ').map(termOf),
);

/** Highest score first. */
export function rank<T extends Candidate>(
  candidates: readonly T[],
  { terms, asksWhether }: Question,
  { idf, prior, used, weights = RANKING_WEIGHTS }: RankingContext,
): Ranked<T>[] {
  const best = Math.max(1e-9, ...candidates.map((candidate) => candidate.bm25));
  const words = terms.filter((term) => !term.identifier);
  const asked = new Set(terms.map(({ term }) => term));
  const weightOf = new Map(terms.map(({ term }) => [term, idf(term)]));
  const total = words.reduce((sum, { term }) => sum + weightOf.get(term)!, 0) || 1;
  const share = (present: (term: string) => boolean) =>
    words.reduce((sum, { term }) => sum + (present(term) ? weightOf.get(term)! : 0), 0) / total;
  const testFactor = asked.has('test') || asked.has('spec') ? weights.askedTestFactor : weights.testFactor;

  const scoreOf = (candidate: T): number => {
    const { bm25, body, names, own, pathTerms, path, kind, exported } = candidate;
    const coverage = share((term) => body.has(term) || names.has(term) || pathTerms.has(term));
    let score =
      bm25 / best +
      weights.coverage * coverage ** 3 +
      weights.names * share((term) => names.has(term)) +
      weights.ownName * share((term) => own.includes(term)) +
      weights.path * share((term) => pathTerms.has(term)) +
      weights.prior * (prior?.(path) ?? 0);
    if (own.length > 0) {
      score += (weights.precision * own.filter((term) => asked.has(term)).length) / own.length;
      if (own[0] === words[0]?.term) score += weights.verb;
      if (asksWhether && PREDICATES.has(own[0]!)) score += weights.predicate;
    }
    if (terms.some(({ term, identifier }) => identifier && names.has(term))) score += weights.identifier;
    if (used?.has(candidate)) score += weights.used;
    if (exported) score += weights.exported;
    if (ACTION_KINDS.has(kind)) score += weights.action;
    if (TYPE_KINDS.has(kind)) score *= weights.typeFactor;
    if (isTestPath(path)) score *= testFactor;
    if (isProsePath(path)) score *= weights.proseFactor;
    return score;
  };

  return candidates
    .map((item) => ({ item, score: scoreOf(item) }))
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
