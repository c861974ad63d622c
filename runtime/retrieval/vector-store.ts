/** Vectors of chunks in the index file, all made by one model, which the file names. */
import type { Database } from './database';
import { quantise, VectorTable } from './int8-vectors';
import type { Match } from './passages';

export interface ChunkText {
  id: number;
  title: string | null;
  text: string;
}

export class VectorStore {
  /** All vectors in memory, from the first question until one is added. */
  private table: VectorTable | undefined;

  constructor(private readonly database: Database) {}

  /** From now on vectors come from this model: those of another are deleted, as they do not compare. */
  useModel(name: string): void {
    const known = this.database.get<{ value: string }>("SELECT value FROM meta WHERE key = 'encoder'");
    if (known?.value === name) return;
    this.table = undefined;
    this.database.transaction(() => {
      this.database.run('DELETE FROM vectors');
      this.database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('encoder', ?)", [name]);
    });
  }

  /** Some chunks of files that are there, and have no vector yet. */
  missing(limit: number): ChunkText[] {
    return this.database.all<ChunkText>(
      `SELECT id, title, text FROM chunks WHERE id NOT IN (SELECT chunk_id FROM vectors)
       AND EXISTS (SELECT 1 FROM files WHERE files.content_id = chunks.content_id) LIMIT ?`,
      [limit],
    );
  }

  put(ids: readonly number[], vectors: readonly Float32Array[]): void {
    this.table = undefined;
    this.database.transaction(() => {
      for (const [at, id] of ids.entries()) {
        const { values, scale } = quantise(vectors[at]!);
        this.database.run('INSERT OR REPLACE INTO vectors (chunk_id, scale, data) VALUES (?, ?, ?)', [
          id,
          scale,
          new Uint8Array(values.buffer),
        ]);
      }
    });
  }

  /** Chunks of files under `prefix` ('' = all), closest first. */
  nearest(vector: Float32Array, prefix: string, limit: number): Match[] {
    this.table ??= this.load();
    const matches: Match[] = [];
    // Chunks that no file under the prefix shows any more are passed over.
    for (const { key, cosine } of this.table.nearest(vector, prefix === '' ? limit * 2 : Infinity)) {
      const rows = this.database.all<{ path: string }>(
        `SELECT files.path AS path FROM chunks JOIN files ON files.content_id = chunks.content_id
         WHERE chunks.id = ? AND files.path >= ? AND files.path < ?`,
        [key, prefix, `${prefix}\u{10ffff}`],
      );
      matches.push(...rows.map(({ path }) => ({ id: key, path, score: cosine })));
      if (matches.length >= limit) break;
    }
    return matches;
  }

  private load(): VectorTable {
    // One driver gives bytes, the other the buffer under them.
    const rows = this.database.all<{ key: number; scale: number; data: Uint8Array | ArrayBuffer }>(
      'SELECT chunk_id AS key, scale, data FROM vectors',
    );
    return VectorTable.of(
      rows.map(({ key, scale, data }) => ({
        key,
        vector: { scale, values: new Int8Array(new Uint8Array(data).buffer) },
      })),
    );
  }
}
