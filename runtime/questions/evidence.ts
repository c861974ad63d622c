/** What answering needs of an index. Kept small, so that any index that offers it will do. */
import type { IndexStatus } from '../protocol/index-status';
import type { FileKind, Passage, PassageNote } from '../protocol/questions';
import type { LineRange } from '../protocol/text';

/** A passage as the index remembers it; the file may have changed since. */
export interface Evidence {
  /** Absolute. */
  path: string;
  displayPath: string;
  languageId: string;
  range: LineRange;
  title?: string;
  /** The lines joined by LF. */
  text: string;
  /** Only its order has a meaning. */
  score: number;
}

/** Where passages may come from: everywhere when neither folders nor files (absolute) are named. */
export interface EvidencePlaces {
  folders: readonly string[];
  files: readonly string[];
}

/** Passages that lie close to a question, by workspace folder, as the index that found them knows them. */
export type CloseEvidence = ReadonlyMap<string, readonly { id: number; path: string; score: number }[]>;

export interface EvidenceScope extends EvidencePlaces {
  leaveOut: readonly FileKind[];
  limit: number;
  /** To the question: these are found as well, whatever their words. */
  close?: CloseEvidence;
}

export interface EvidenceIndex {
  /** Best first. */
  search(question: string, scope: EvidenceScope): Evidence[];
  /** For `search` in the same places; undefined where there is no encoder, or it does not answer in time. Rejects when aborted. */
  closeTo?(
    question: string,
    places: EvidencePlaces,
    signal?: AbortSignal,
  ): Promise<CloseEvidence | undefined>;
  /**
   * The file's text as it is now, with its own line ends; undefined when it is gone or may not be read.
   * @param ahead what the editor has instead, where it may be read
   */
  read(path: string, ahead?: string): Promise<string | undefined>;
  /** UTF-16 ranges within `text` of the words that match. */
  highlights(question: string, text: string): { start: number; end: number }[];
  /** Told when a file turns out to differ from what the index holds. */
  applyChanges(changes: { path: string; kind: 'changed' | 'deleted' }[]): void;
  status(): IndexStatus;
}

/** What a passage does: its own words, or how to have some written, or neither. */
export interface Description {
  note?: PassageNote;
  /** Undefined where what was written does not hold. Rejects when aborted. */
  write?(signal?: AbortSignal): Promise<PassageNote | undefined>;
}

export interface Describer {
  /** @param fileText the file that the passage stands in */
  describe(passage: Passage, fileText: string): Promise<Description>;
  /** The symbol that these lines of a file are about. */
  symbolAt(
    fileText: string,
    languageId: string,
    range: LineRange,
  ): Promise<{ range: LineRange; title: string } | undefined>;
}
