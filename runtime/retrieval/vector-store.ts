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

/** Chunks that some file shows by now. */
const SHOWN = 'EXISTS (SELECT 1 FROM files WHERE files.content_id = chunks.content_id)';
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
      `SELECT count(*) AS passages, count(vectors.chunk_id) AS encoded
       FROM chunks LEFT JOIN vectors ON vectors.chunk_id = chunks.id WHERE ${SHOWN}`,
    )!;
    return this.isOf(key) ? { ...share } : { ...share, encoded: 0 };
  }

  /** Some chunks of files that are there, and have no vector yet. */
  missing(limit: number): ChunkText[] {
    return this.database.all<ChunkText>(
      `SELECT id, title, text FROM chunks WHERE id NOT IN (SELECT chunk_id FROM vectors) AND ${SHOWN} LIMIT ?`,
      [limit],
    );
  }

  /** Gives a chunk the vector of another one whose text has the same hash. Answers whether it has a vector now. */
  reuse(key: string, id: number, hash: string): boolean {
    if (!this.isOf(key)) return false;
    if (this.database.get('SELECT 1 FROM vectors WHERE chunk_id = ?', [id])) return true;
    const known = this.database.get<Row>(
      'SELECT chunk_id AS key, scale, data FROM vectors WHERE hash = ? LIMIT 1',
      [hash],
    );
    return known !== undefined && this.put(key, id, hash, vectorOf(known));
  }

  /** Answers whether it was taken: another window may have changed to another encoder meanwhile. */
  put(key: string, id: number, hash: string, { values, scale }: Int8Vector): boolean {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.database.transaction(() => {
      if (!this.isOf(key)) return false;
      // The chunk may be gone, or another window has been faster.
      const { changes } = this.database.run(
        'INSERT OR IGNORE INTO vectors (chunk_id, hash, scale, data) SELECT id, ?, ?, ? FROM chunks WHERE id = ?',
        [hash, scale, data, id],
      );
      if (changes > 0) this.table?.add(id, { values, scale });
      return true;
    });
  }

  /** Chunks of files under `prefix` ('' = all), closest first; none where the vector is another encoder's. */
  nearest({ encoder, values }: TextVector, prefix: string, limit: number): Match[] {
    if (!this.isOf(encoder)) return [];
    const among = prefix === '' ? undefined : this.chunksUnder(prefix);
    const matches: Match[] = [];
    for (const { key, cosine } of this.loaded(values.length).nearest(values, among)) {
      // Chunks that no file under the prefix shows any more are passed over.
      const paths = this.database.all<{ path: string }>(
        `SELECT files.path AS path FROM chunks JOIN files ON files.content_id = chunks.content_id
         WHERE chunks.id = ? AND files.path >= ? AND files.path < ?`,
        [key, prefix, `${prefix}\u{10ffff}`],
      );
      matches.push(...paths.map(({ path }) => ({ id: key, path, score: cosine })));
      if (matches.length >= limit) break;
    }
    return matches;
  }

  /** Takes no memory until the next question. */
  release(): void {
    this.table = undefined;
  }

  private isOf(key: string): boolean {
    const known = this.database.get<{ value: string }>("SELECT value FROM meta WHERE key = 'encoder'");
    return known?.value === key;
  }

  private chunksUnder(prefix: string): Set<number> {
    const chunks = this.database.all<{ id: number }>(
      `SELECT chunks.id AS id FROM files JOIN chunks ON chunks.content_id = files.content_id
       WHERE files.path >= ? AND files.path < ?`,
      [prefix, `${prefix}\u{10ffff}`],
    );
    return new Set(chunks.map(({ id }) => id));
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
        'SELECT chunk_id AS key, scale, data FROM vectors WHERE chunk_id > ? ORDER BY chunk_id LIMIT ?',
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
