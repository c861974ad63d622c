export type IndexState = 'off' | 'idle' | 'scanning' | 'indexing' | 'paused' | 'ready' | 'failed';

/** Vectors of passages. */
export interface VectorStatus {
  /** The name of the model that makes them. */
  encoder: string;
  /** Of files that are there; as they were last counted. */
  passages: number;
  /** Those of them that have a vector. */
  encoded: number;
  /** Why no more are made, as a sentence: questions go by words, and by the vectors that are there. */
  problem?: string;
}

export interface IndexStatus {
  state: IndexState;
  filesDone: number;
  filesTotal: number;
  chunks: number;
  bytesOnDisk: number;
  /** Why it failed or is off, as a sentence. */
  reason?: string;
  /** Absent where no encoder is chosen. */
  vectors?: VectorStatus;
}

export type SkipReason =
  | 'ignored'
  | 'excluded'
  | 'secret'
  | 'binary'
  | 'too-large'
  | 'generated'
  | 'minified'
  | 'unreadable'
  | 'outside';

export interface IndexedFile {
  /** Absolute. */
  path: string;
  /** Relative to the workspace folder, behind its name where there are several. */
  displayPath: string;
  chunks: number;
  skipped?: SkipReason;
}

export interface FileChange {
  path: string;
  kind: 'created' | 'changed' | 'deleted';
}
