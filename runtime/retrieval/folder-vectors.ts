/** The vectors of one folder's passages. */
import { Priority } from '../inference/language-model';
import type { TextEncoder } from '../inference/text-encoder';
import type { FolderStore } from './folder-store';
import { quantise } from './int8-vectors';
import { contentHash } from './text-file';
import { turnKeeper } from './turns';
import type { ChunkText, VectorShare, VectorStore } from './vector-store';

/** Passages that are looked up at once. */
const LISTED = 256;

export class FolderVectors {
  private known: VectorShare = { passages: 0, encoded: 0 };

  constructor(private readonly store: FolderStore) {}

  /** As it was counted when `fill` began last, and what that has added since. */
  get share(): VectorShare {
    return this.known;
  }

  /** Nothing is known of the vectors of another encoder. */
  reset(): void {
    this.known = { passages: 0, encoded: 0 };
  }

  has(key: string): boolean {
    return this.store.read((store) => store.vectors.has(key), false);
  }

  /**
   * Gives every passage its vector; what was encoded once is not encoded again, wherever it stands now. Answers false where
   * this ended early, since the encoder's files or the index have changed meanwhile.
   */
  async fill(encoder: TextEncoder, signal: AbortSignal, onProgress: () => void): Promise<boolean> {
    const key = await encoder.key();
    const work = { priority: Priority.Encoding, signal };
    const turn = turnKeeper();
    await this.write((vectors) => vectors.useEncoder(key), signal);
    this.known = this.store.read((store) => store.vectors.share(key), this.known);
    for (;;) {
      const chunks = this.store.read((store) => store.vectors.missing(LISTED), []);
      if (chunks.length === 0) break;
      for (const chunk of elsewhere(chunks)) {
        await turn.next(signal);
        const text = textOf(chunk);
        const hash = contentHash(text);
        const known = await this.write((vectors) => vectors.reuse(key, chunk.id, hash), signal);
        if (!known) {
          const [vector] = await encoder.encode([text], work);
          const put = (vectors: VectorStore) => vectors.put(key, chunk.id, hash, quantise(vector!));
          if (!(await this.write(put, signal))) return false;
        }
        this.known = { ...this.known, encoded: this.known.encoded + 1 };
        onProgress();
      }
      if ((await encoder.key()) !== key) return false;
    }
    this.known = { ...this.known, encoded: this.known.passages };
    return true;
  }

  /** Takes no memory until the next question. */
  release(): void {
    this.store.current.vectors.release();
  }

  private write<T>(work: (vectors: VectorStore) => T, signal: AbortSignal): Promise<T | undefined> {
    return this.store.writeBeside((store) => work(store.vectors), signal);
  }
}

function textOf({ title, text }: ChunkText): string {
  return title ? `${title}\n${text}` : text;
}

/** Beginning anywhere: another window may go through the same passages. */
function elsewhere<T>(items: readonly T[]): T[] {
  const at = Math.floor(Math.random() * items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}
