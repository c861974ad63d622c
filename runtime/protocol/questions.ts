import type { AnswerEnd } from './chat';
import type { LineRange } from './text';

/** Where a passage stands. `path` is absolute; `displayPath` is relative to the workspace folder. */
export interface Citation {
  path: string;
  displayPath: string;
  range: LineRange;
}

/** What the code of a passage does, in one line. */
export interface PassageNote {
  text: string;
  /** `doc`: the code's own documentation; `generated`: written by the model, and labelled as such wherever it is shown. */
  source: 'doc' | 'generated';
  /** The symbol that it speaks of, where the passage's title does not name it. */
  symbol?: string;
  /** First line of what it speaks of, from 0. */
  line: number;
}

/** One piece of evidence: quoted as it stands in the file, checked against the file before it is shown. */
export interface Passage {
  /** Number shown to the user, from 1. */
  number: number;
  citation: Citation;
  languageId: string;
  /** Name of the enclosing symbol, for example "class Store › method put". */
  title?: string;
  note?: PassageNote;
  /** The cited lines, exactly as in the file. */
  text: string;
  /** Ranges within `text` (UTF-16) of the words that matched the question. */
  highlights: { start: number; end: number }[];
  /** Final score; only its order has a meaning. */
  score: number;
}

/** Kinds of files that a question may leave out. */
export type FileKind = 'tests' | 'docs';

export interface AskRequest {
  question: string;
  /** Workspace folders or sub-folders to search, absolute; all when empty and no files are named. */
  folders: string[];
  /** Files to search, absolute, besides the folders. */
  files?: string[];
  leaveOut?: FileKind[];
  /** Questions that this one follows, oldest first: their words help the search, behind its own. */
  earlier?: string[];
  /** Code that the question is about: its names help the search. */
  about?: string;
  /** The code to be explained: it comes first, as a passage that shows its symbol whole. */
  lead?: Lead;
  limit: number;
  /** An answer shall be written from the passages, where a model is chosen for it; what it follows, oldest first. */
  write?: { earlier: WrittenTurn[] };
}

export interface Lead {
  path: string;
  displayPath: string;
  languageId: string;
  range: LineRange;
  /** The file as the editor has it, where that is ahead of the disk: `range` counts its lines. */
  text?: string;
  /** Nothing else is looked for. */
  only: boolean;
}

/** A question that was answered in writing, with all that its model was shown. */
export interface WrittenTurn {
  question: string;
  passages: Passage[];
  answer: string;
}

/** What a model wrote from the passages. */
export interface WrittenAnswer {
  model: string;
  /** Markdown, which nobody has looked at: shown without any HTML. Cites passages as [1]. */
  text: string;
  /** How many of the passages it was shown, from the first on: the others did not fit. */
  passagesRead: number;
  /** What of it the passages do not bear out, in order. */
  doubts: AnswerDoubt[];
  end: AnswerEnd;
  cost: { tokensRead: number; tokensReused: number; tokensGenerated: number; ms: number };
}

/** A piece of a written answer (UTF-16) that could not be confirmed. */
export interface AnswerDoubt {
  start: number;
  end: number;
  /**
   * `no-passage`: cites a number that the model was shown no passage for; `no-name`: names something that stands in none of
   * them; `other-passage`: names something that stands in another one than the passage it cites.
   */
  kind: 'no-passage' | 'no-name' | 'other-passage';
}

export interface AskResponse {
  passages: Passage[];
  answer?: WrittenAnswer;
  /** Why there is none, where one was asked for: a sentence. */
  answerProblem?: string;
  /** Share of files indexed when the question was answered, 0..1. */
  indexed: number;
  filesSearched: number;
  /** The model re-ordered the passages by how likely it makes the question. */
  reranked: boolean;
  ms: { search: number; rerank: number; total: number };
  /** Set when no evidence was found. */
  nothingFound?: 'empty-workspace' | 'index-empty' | 'no-match' | 'index-disabled';
}

/**
 * Sent while a question is answered. Evidence comes before anything that is written about it: first the passages, with
 * the numbers of those whose notes are still to be written, then each of these notes, or none where the model had
 * nothing to say that holds. Where an answer is written, its pieces come in place of the notes.
 */
export type AskProgress =
  | { stage: 'searching' }
  | { stage: 'reranking'; done: number; total: number }
  | { stage: 'passages'; response: AskResponse; unwritten: number[] }
  | { stage: 'note'; number: number; note?: PassageNote }
  /** The model that writes the answer reads the passages. */
  | { stage: 'answer'; model: string }
  | { stage: 'piece'; text: string };
