export type IndexState = 'off' | 'idle' | 'scanning' | 'indexing' | 'paused' | 'ready' | 'failed';

export interface IndexStatus {
  state: IndexState;
  filesDone: number;
  filesTotal: number;
  chunks: number;
  bytesOnDisk: number;
  /** Why it failed or is off, as a sentence. */
  reason?: string;
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
