import type { LineRange } from './text';

/** Where a passage stands. `path` is absolute; `displayPath` is relative to the workspace folder. */
export interface Citation {
  path: string;
  displayPath: string;
  range: LineRange;
}

/** One piece of evidence: quoted as it stands in the file, checked against the file before it is shown. */
export interface Passage {
  /** Number shown to the user, from 1. */
  number: number;
  citation: Citation;
  languageId: string;
  /** Name of the enclosing symbol, for example "class Store › method put". */
  title?: string;
  /** The cited lines, exactly as in the file. */
  text: string;
  /** Ranges within `text` (UTF-16) of the words that matched the question. */
  highlights: { start: number; end: number }[];
  /** Final score; only its order has a meaning. */
  score: number;
}

export interface AskRequest {
  question: string;
  /** Workspace folders or sub-folders to search, absolute; all when empty. */
  folders: string[];
  limit: number;
}

export interface AskResponse {
  passages: Passage[];
  /** Share of files indexed when the question was answered, 0..1. */
  indexed: number;
  filesSearched: number;
  /** The model re-ordered the passages by how likely it makes the question. */
  reranked: boolean;
  ms: { search: number; rerank: number; total: number };
  /** Set when no evidence was found. */
  nothingFound?: 'empty-workspace' | 'index-empty' | 'no-match' | 'index-disabled';
}

export type AskProgress = { stage: 'searching' } | { stage: 'reranking'; done: number; total: number };
