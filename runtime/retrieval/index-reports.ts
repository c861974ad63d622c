import type { IndexState, IndexStatus } from '../protocol/index-status';
import type { FolderIndex } from './folder-index';

/** Status is told at most this often while files go by. */
const STATUS_EVERY_MS = 200;

export type IndexFigures = Omit<IndexStatus, 'state' | 'reason'>;

/** Of all folders together. */
export function figuresOf(folders: readonly FolderIndex[]): IndexFigures {
  const figures = { filesDone: 0, filesTotal: 0, chunks: 0, bytesOnDisk: 0 };
  for (const folder of folders) {
    const { files, chunks, bytes } = folder.counts();
    figures.filesDone += files;
    figures.filesTotal += files + folder.waiting;
    figures.chunks += chunks;
    figures.bytesOnDisk += bytes;
  }
  return figures;
}

/** Where an index stands, told to whoever listens. */
export class IndexReports {
  private current: IndexState = 'idle';
  private currentReason?: string;
  private readonly listeners = new Set<(status: IndexStatus) => void>();
  private lastTold = 0;

  constructor(private readonly figures: () => IndexFigures) {}

  get state(): IndexState {
    return this.current;
  }

  get reason(): string | undefined {
    return this.currentReason;
  }

  status(): IndexStatus {
    return { state: this.current, reason: this.currentReason, ...this.figures() };
  }

  /** Returns a function that ends the subscription. */
  on(listener: (status: IndexStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(state: IndexState, reason?: string): void {
    this.current = state;
    this.currentReason = reason;
    this.lastTold = performance.now();
    if (this.listeners.size === 0) return;
    const status = this.status();
    for (const listener of this.listeners) listener(status);
  }

  /** The same state as before, with other figures. */
  tellAgain(): void {
    this.tell(this.current, this.currentReason);
  }

  tellSometimes(state: IndexState): void {
    const due = performance.now() - this.lastTold >= STATUS_EVERY_MS;
    if (due) this.tell(state, state === this.current ? this.currentReason : undefined);
    else this.current = state;
  }

  clear(): void {
    this.listeners.clear();
  }
}
