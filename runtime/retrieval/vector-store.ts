/** Vectors of chunks in the index file, all made by one encoder, whose key the file holds. */
import type { Database } from './database';
import type { Int8Vector } from './int8-vectors';
import { LoadedVectors } from './loaded-vectors';

export interface ChunkText {
  id: number;
  title: string | null;
  text: string;
}

/** How many of the passages that files show have a vector. */
export interface VectorShare {
  passages: number;
  encoded: number;
}

/** Chunks of files that are there, each as often as files show it. */
const SHOWN = 'files JOIN chunks ON chunks.content_id = files.content_id';
/** Files whose vectors are looked up at once: a millisecond or so. */
const PAGE_OF_FILES = 64;

export class VectorStore {
  readonly loaded: LoadedVectors;

  constructor(private readonly database: Database) {
    this.loaded = new LoadedVectors(database);
  }

  /** From now on vectors come from this encoder: those of another are deleted, as they do not compare. */
  useEncoder(key: string): void {
    if (this.isOf(key)) return;
    this.loaded.release();
    this.database.transaction(() => {
      this.database.run('DELETE FROM chunk_vectors');
      this.database.run('DELETE FROM vectors');
      this.database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('encoder', ?)", [key]);
    });
  }

  /** Whether there are vectors of this encoder. */
  has(key: string): boolean {
    return this.isOf(key) && this.database.get('SELECT 1 FROM vectors LIMIT 1') !== undefined;
  }

  share(key: string): VectorShare {
    const share = this.database.get<{ passages: number; encoded: number }>(
      `SELECT count(*) AS passages, count(chunk_vectors.chunk_id) AS encoded
       FROM ${SHOWN} LEFT JOIN chunk_vectors ON chunk_vectors.chunk_id = chunks.id`,
    )!;
    return this.isOf(key) ? { ...share } : { ...share, encoded: 0 };
  }

  /** Some chunks of files that are there, and have no vector yet. */
  missing(limit: number): ChunkText[] {
    return this.database.all<ChunkText>(
      // Indexes tell which; only then are rows with texts looked at.
      `SELECT id, title, text FROM chunks WHERE id IN
       (SELECT chunks.id FROM ${SHOWN} LEFT JOIN chunk_vectors ON chunk_id = chunks.id WHERE chunk_id IS NULL LIMIT ?)`,
      [limit],
    );
  }

  /** Gives a chunk the vector that its text, by its hash, has already. Answers whether it has one. */
  reuse(key: string, id: number, hash: string): boolean {
    if (!this.isOf(key)) return false;
    this.link(id, hash);
    return this.database.get('SELECT 1 FROM vectors WHERE hash = ?', [hash]) !== undefined;
  }

  /** Answers whether it was taken: another window may have changed to another encoder meanwhile. */
  put(key: string, id: number, hash: string, { values, scale }: Int8Vector): boolean {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.database.transaction(() => {
      if (!this.isOf(key)) return false;
      // Another window may have been faster.
      const { changes, lastId } = this.database.run(
        'INSERT OR IGNORE INTO vectors (hash, scale, data) VALUES (?, ?, ?)',
        [hash, scale, data],
      );
      if (changes > 0) this.loaded.add(lastId, { values, scale });
      this.link(id, hash);
      return true;
    });
  }

  /** Deletes the vectors of a content's chunks, as far as no other content has them. */
  forget(content: number): void {
    const gone = this.database.all<{ id: number }>(
      `SELECT DISTINCT vector_id AS id FROM chunks JOIN chunk_vectors ON chunk_id = chunks.id WHERE content_id = ?`,
      [content],
    );
    if (gone.length === 0) return;
    // Numbers of vectors that are gone may be given anew.
    this.loaded.release();
    this.database.run(
      'DELETE FROM chunk_vectors WHERE chunk_id IN (SELECT id FROM chunks WHERE content_id = ?)',
      [content],
    );
    for (const { id } of gone)
      this.database.run(
        'DELETE FROM vectors WHERE id = ? AND NOT EXISTS (SELECT 1 FROM chunk_vectors WHERE vector_id = ?)',
        [id, id],
      );
  }

  /** Where the text of a vector stands: chunks, as each file shows them. */
  shown(vector: number): { id: number; path: string }[] {
    return this.database.all(
      `SELECT chunks.id AS id, files.path AS path
       FROM chunk_vectors JOIN chunks ON chunks.id = chunk_id JOIN files ON files.content_id = chunks.content_id
       WHERE vector_id = ?`,
      [vector],
    );
  }

  /**
   * The vectors of some files under a prefix, in order of their paths.
   * @param from where to go on; at first the prefix itself
   * @returns next: where to go on after these; undefined = nothing is left
   */
  within(prefix: string, from: string): { vectors: number[]; next: string | undefined } {
    const rows = this.database.all<{ path: string; id: number | null }>(
      `SELECT path, vector_id AS id
       FROM (SELECT path, content_id FROM files WHERE path >= ? AND path < ? ORDER BY path LIMIT ?) AS files
       LEFT JOIN chunks ON chunks.content_id = files.content_id LEFT JOIN chunk_vectors ON chunk_id = chunks.id
       ORDER BY path`,
      [from, `${prefix}\u{10ffff}`, PAGE_OF_FILES],
    );
    const last = rows.at(-1);
    return { vectors: rows.flatMap(({ id }) => id ?? []), next: last && `${last.path}\0` };
  }

  private isOf(key: string): boolean {
    const known = this.database.get<{ value: string }>("SELECT value FROM meta WHERE key = 'encoder'");
    return known?.value === key;
  }

  /** The chunk may be gone, or have its vector from another window. */
  private link(id: number, hash: string): void {
    this.database.run(
      `INSERT OR IGNORE INTO chunk_vectors (chunk_id, vector_id)
       SELECT chunks.id, vectors.id FROM chunks, vectors WHERE chunks.id = ? AND hash = ?`,
      [id, hash],
    );
  }
}
