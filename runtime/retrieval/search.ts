/**
 * Search over one folder: candidates from the store's BM25, ordered by words (ranking.ts) and, in a hybrid search, by
 * where they lie in the graph of files and whether other passages use them.
 */
import type { FileGraph } from './file-graph';
import { reciprocalRankFusion } from './fusion';
import { personalisedPageRank } from './page-rank';
import type { Match, Passages, StoredChunk } from './passages';
import { questionOf, type QueryTerm } from './query';
import { diversify, isTestPath, rank, type Candidate, type Ranked, type RankingWeights } from './ranking';
import type { StoredNames } from './stored-names';
import { usedByOthers } from './used-passages';
import { nameTerms, termSet } from './words';

/** Chunks that the store's ranking may propose, and those whose words are looked at. */
const PROPOSED = 120;
const BY_PATH = 8;
/** Matches of single terms that the store may rank, and terms that are asked for however many they match. */
const MOST_MATCHES = 10_000;
const LEAST_TERMS = 2;
/** The best of them say where in the graph the question is at home; tests import everything and tell little. */
const SEEDS = 30;
const TEST_SEED = 0.2;

export type FoundChunk = Omit<StoredChunk, 'exported'> & Candidate;

export interface SearchOptions {
  /** Only files under these relative prefixes (each ends in '/', '' = all); all when absent. */
  prefixes?: readonly string[];
  limit: number;
  /** Words alone decide when absent. */
  graph?: FileGraph;
  weights?: RankingWeights;
  /** Passages that a model finds close to the question, closest first; fused with those that the words find. */
  close?: readonly Match[];
}

/** What is searched: the passages of a folder, and how often names are defined. */
export interface SearchedStore {
  passages: Passages;
  names: Pick<StoredNames, 'definitions'>;
}

/** Best first. An empty question, or one whose words nowhere occur, finds nothing. */
export function searchPassages(
  store: SearchedStore,
  question: string,
  options: SearchOptions,
): Ranked<FoundChunk>[] {
  const { passages } = store;
  const byWords = searchWords(store, question, options);
  if (!options.close) return diversify(byWords).slice(0, options.limit);
  const byMeaning = options.close.flatMap(({ id, path }) => passages.chunk(id, path) ?? []);
  const fused = reciprocalRankFusion(
    [byWords.map(({ item }) => item), byMeaning.map((chunk) => describe(chunk, 0))],
    ({ id, path }) => `${id}\0${path}`,
  );
  return diversify(fused).slice(0, options.limit);
}

function searchWords(
  { passages, names }: SearchedStore,
  question: string,
  options: SearchOptions,
): Ranked<FoundChunk>[] {
  const asked = questionOf(question);
  if (asked.terms.length === 0) return [];
  const counts = new Map(asked.terms.map(({ term }) => [term, passages.documentCount(term)]));
  const expression = telling(asked.terms, counts)
    .map((term) => `"${term}"`)
    .join(' OR ');
  const candidates = new Map<string, FoundChunk>();
  const proposed: Match[] = [];
  for (const prefix of options.prefixes ?? ['']) {
    const matches = passages.match(expression, prefix, PROPOSED);
    proposed.push(...matches);
    for (const { id, path, score } of [...matches, ...passages.matchPaths(expression, prefix, BY_PATH)]) {
      const key = `${id}\0${path}`;
      const chunk = candidates.has(key) ? undefined : passages.chunk(id, path);
      if (chunk) candidates.set(key, describe(chunk, score));
    }
  }
  const found = [...candidates.values()];
  const context = { idf: inverseFrequency(passages.count(), counts), weights: options.weights };
  if (!options.graph) return rank(found, asked, context);
  const best = proposed
    .map(({ score, ...match }) => ({ ...match, score: isTestPath(match.path) ? TEST_SEED * score : score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, SEEDS);
  const users = best.flatMap(({ id, path }) => candidates.get(`${id}\0${path}`) ?? []);
  return rank(found, asked, {
    ...context,
    prior: priorOf(options.graph, best),
    used: usedByOthers(found, users, (name, most) => names.definitions(name, most)),
  });
}

function describe(chunk: StoredChunk, bm25: number): FoundChunk {
  return {
    ...chunk,
    exported: chunk.exported === 1,
    bm25,
    own: nameTerms(/^\S*/.exec(chunk.symbols)![0]),
    names: termSet(`${chunk.title ?? ''} ${chunk.symbols}`),
    body: termSet(chunk.text),
    pathTerms: termSet(chunk.path),
  };
}

/** How close a file is to those of the matches, the closest one being 1. */
function priorOf(graph: FileGraph, matches: readonly Match[]): ((path: string) => number) | undefined {
  const seeds = new Map<number, number>();
  for (const { path, score } of matches) {
    const node = graph.nodes.get(path);
    if (node !== undefined && score > 0) seeds.set(node, (seeds.get(node) ?? 0) + score);
  }
  if (seeds.size === 0) return undefined;
  const scores = personalisedPageRank(graph, seeds);
  const most = scores.reduce((a, b) => Math.max(a, b));
  return (path) => (scores[graph.nodes.get(path) ?? -1] ?? 0) / most;
}

/** The rarest terms, as far as the store can look at all chunks that hold them: common ones order what rare ones found. */
function telling(terms: readonly QueryTerm[], counts: ReadonlyMap<string, number>): string[] {
  const rarest = terms.map(({ term }) => term).sort((a, b) => counts.get(a)! - counts.get(b)!);
  let looked = 0;
  return rarest.filter((term, at) => {
    looked += counts.get(term)!;
    return at < LEAST_TERMS || looked <= MOST_MATCHES;
  });
}

/** BM25's own weight of a term: rare terms tell more. */
function inverseFrequency(chunks: number, counts: ReadonlyMap<string, number>): (term: string) => number {
  return (term) => {
    const seen = counts.get(term) ?? 0;
    return Math.max(0.01, Math.log(1 + (chunks - seen + 0.5) / (seen + 0.5)));
  };
}
