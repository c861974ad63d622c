/** The vectors of one folder's passages. */
import { Priority } from '../inference/language-model';
import type { TextEncoder, TextVector } from '../inference/text-encoder';
import type { FolderStore } from './folder-store';
import { quantise, type VectorTable } from './int8-vectors';
import type { Match } from './passages';
import { contentHash } from './text-file';
import { turnKeeper, type TurnKeeper } from './turns';
import type { ChunkText, VectorShare, VectorStore } from './vector-store';

/** Passages that are looked up at once. */
const LISTED = 256;

export interface NearestOptions {
  /** Relative; all files when '' is among them. */
  prefixes: readonly string[];
  limit: number;
  signal?: AbortSignal;
  turn?: TurnKeeper;
}

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

  /**
   * Passages of files under the prefixes, closest first; none where the vector is another encoder's. Takes turns with
   * whoever else needs the thread.
   */
  async nearest(vector: TextVector, options: NearestOptions): Promise<Match[]> {
    const { prefixes, limit, signal, turn = turnKeeper() } = options;
    const { encoder, values } = vector;
    this.store.read((store) => store.vectors.loaded.refresh(), undefined);
    const among = await this.within(prefixes, turn, signal);
    const table = await this.load(encoder, turn, signal);
    if (!table) return [];
    const matches: Match[] = [];
    for await (const { key, cosine } of table.nearest(values, turn, among, signal)) {
      // Those that no file shows any more are passed over.
      for (const { id, path } of this.store.read((store) => store.vectors.shown(key), []))
        if (prefixes.some((prefix) => path.startsWith(prefix))) matches.push({ id, path, score: cosine });
      if (matches.length >= limit) break;
    }
    // Vectors have gone meanwhile, and their numbers may be others' by now.
    if (this.store.current.vectors.loaded.all !== table) return this.nearest(vector, options);
    return matches.slice(0, limit);
  }

  /** Takes no memory until the next question. */
  release(): void {
    this.store.current.vectors.loaded.release();
  }

  /** The vectors of all files under the prefixes; undefined = all. */
  private async within(
    prefixes: readonly string[],
    turn: TurnKeeper,
    signal?: AbortSignal,
  ): Promise<ReadonlySet<number> | undefined> {
    if (prefixes.includes('')) return undefined;
    const among = new Set<number>();
    for (const prefix of prefixes) {
      let from: string | undefined = prefix;
      while (from !== undefined) {
        const at: string = from;
        const page = this.store.read((store) => store.vectors.within(prefix, at), undefined);
        page?.vectors.forEach((vector) => among.add(vector));
        from = page?.next;
        if (turn.isOver()) await turn.next(signal);
      }
    }
    return among;
  }

  /** Undefined where there are none of this encoder. */
  private async load(
    encoder: string,
    turn: TurnKeeper,
    signal?: AbortSignal,
  ): Promise<VectorTable | undefined> {
    while (this.has(encoder)) {
      const { all } = this.store.current.vectors.loaded;
      if (all) return all;
      this.store.read((store) => store.vectors.loaded.load(), undefined);
      if (turn.isOver()) await turn.next(signal);
    }
    return undefined;
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
