/** Vectors of chunks in the index file, all made by one encoder, whose key the file holds. */
import type { TextVector } from '../inference/text-encoder';
import type { Database } from './database';
import { VectorTable, type Int8Vector } from './int8-vectors';
import type { Match } from './passages';

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
/** Rows that are read at once. */
const PAGE = 2048;

interface Row {
  key: number;
  scale: number;
  /** One driver gives bytes, the other the buffer under them. */
  data: Uint8Array | ArrayBuffer;
}

export class VectorStore {
  /** All vectors in memory, from the first question on. */
  private table: VectorTable | undefined;
  /** SQLite's number of the state that the table was read from: another one after somebody else's write. */
  private tableVersion: unknown;

  constructor(private readonly database: Database) {}

  /** From now on vectors come from this encoder: those of another are deleted, as they do not compare. */
  useEncoder(key: string): void {
    if (this.isOf(key)) return;
    this.release();
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
      if (changes > 0) this.table?.add(lastId, { values, scale });
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
    this.release();
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

  /** Chunks of files under `prefix` ('' = all), closest first; none where the vector is another encoder's. */
  nearest({ encoder, values }: TextVector, prefix: string, limit: number): Match[] {
    if (!this.isOf(encoder)) return [];
    const within = [prefix, `${prefix}\u{10ffff}`];
    const among = prefix === '' ? undefined : this.vectorsWithin(within);
    const matches: Match[] = [];
    for (const { key, cosine } of this.loaded(values.length).nearest(values, among)) {
      // Those that no file under the prefix shows any more are passed over.
      const shown = this.database.all<{ id: number; path: string }>(
        `SELECT chunks.id AS id, files.path AS path
         FROM chunk_vectors JOIN chunks ON chunks.id = chunk_id JOIN files ON files.content_id = chunks.content_id
         WHERE vector_id = ? AND files.path >= ? AND files.path < ?`,
        [key, ...within],
      );
      matches.push(...shown.map(({ id, path }) => ({ id, path, score: cosine })));
      if (matches.length >= limit) break;
    }
    return matches.slice(0, limit);
  }

  /** Takes no memory until the next question. */
  release(): void {
    this.table = undefined;
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

  private vectorsWithin(paths: readonly string[]): Set<number> {
    const vectors = this.database.all<{ id: number }>(
      `SELECT vector_id AS id FROM ${SHOWN} JOIN chunk_vectors ON chunk_id = chunks.id
       WHERE files.path >= ? AND files.path < ?`,
      paths,
    );
    return new Set(vectors.map(({ id }) => id));
  }

  private loaded(width: number): VectorTable {
    const version = Object.values(this.database.get('PRAGMA data_version')!)[0];
    if (this.table && version === this.tableVersion) return this.table;
    this.tableVersion = version;
    const { count } = this.database.get<{ count: number }>('SELECT count(*) AS count FROM vectors')!;
    const table = new VectorTable(width, count);
    let after = -1;
    for (;;) {
      const rows = this.database.all<Row>(
        'SELECT id AS key, scale, data FROM vectors WHERE id > ? ORDER BY id LIMIT ?',
        [after, PAGE],
      );
      for (const row of rows) table.add(row.key, vectorOf(row));
      if (rows.length < PAGE) return (this.table = table);
      after = rows.at(-1)!.key;
    }
  }
}

function vectorOf({ scale, data }: Row): Int8Vector {
  const bytes = new Uint8Array(data);
  return { scale, values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}
