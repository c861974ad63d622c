/** The chunks of one folder's store as search reads them. */
import type { Database } from './database';

/** A chunk of a file as search finds it. */
export interface StoredChunk {
  id: number;
  path: string;
  language: string;
  startLine: number;
  endLine: number;
  title: string | null;
  kind: string;
  /** 0 or 1. */
  exported: number;
  symbols: string;
  doc: string;
  text: string;
}

export interface Match {
  id: number;
  path: string;
  /** Higher is better. */
  score: number;
}

/** Weights of the columns names, docs, body in the store's ranking. */
const COLUMN_WEIGHTS = '3.0, 1.5, 1.0';

export class Passages {
  constructor(private readonly database: Database) {}

  /** How many there are, those of files that are gone included. */
  count(): number {
    return this.database.get<{ chunks: number }>('SELECT count(*) AS chunks FROM chunks')!.chunks;
  }

  /** Best chunks for a full-text expression over terms; only files under `prefix` ('' = all). */
  match(expression: string, prefix: string, limit: number): Match[] {
    return this.database
      .all<{ id: number; path: string; rank: number }>(
        `SELECT chunks.id AS id, files.path AS path, chunk_terms.rank AS rank
         FROM chunk_terms JOIN chunks ON chunks.id = chunk_terms.rowid JOIN files ON files.content_id = chunks.content_id
         WHERE chunk_terms MATCH ? AND rank MATCH 'bm25(${COLUMN_WEIGHTS})' AND files.path >= ? AND files.path < ?
         ORDER BY rank LIMIT ?`,
        [expression, prefix, `${prefix}\u{10ffff}`, limit],
      )
      .map(({ id, path, rank }) => ({ id, path, score: -rank }));
  }

  /** Opening chunks of the files whose paths match best. */
  matchPaths(expression: string, prefix: string, limit: number): Match[] {
    return this.database
      .all<{ id: number; path: string }>(
        `SELECT min(chunks.id) AS id, files.path AS path
         FROM (SELECT rowid, rank FROM path_terms WHERE path_terms MATCH ? ORDER BY rank LIMIT ?) AS found
         JOIN files ON files.id = found.rowid JOIN chunks ON chunks.content_id = files.content_id
         WHERE files.path >= ? AND files.path < ? GROUP BY files.id ORDER BY found.rank`,
        [expression, limit, prefix, `${prefix}\u{10ffff}`],
      )
      .map(({ id, path }) => ({ id, path, score: 0 }));
  }

  chunk(id: number, path: string): StoredChunk | undefined {
    return this.database.get<StoredChunk>(
      `SELECT chunks.id AS id, ? AS path, contents.language AS language, start_line AS startLine, end_line AS endLine, title, kind, exported, symbols, doc, text
       FROM chunks JOIN contents ON contents.id = chunks.content_id WHERE chunks.id = ?`,
      [path, id],
    );
  }

  /** Every chunk of every file; for evaluation. */
  allChunks(): StoredChunk[] {
    return this.database.all<StoredChunk>(
      `SELECT chunks.id AS id, files.path AS path, contents.language AS language, start_line AS startLine, end_line AS endLine, title, kind, exported, symbols, doc, text
       FROM chunks JOIN contents ON contents.id = chunks.content_id JOIN files ON files.content_id = contents.id`,
    );
  }

  /** In how many chunks a term occurs. */
  documentCount(term: string): number {
    return (
      this.database.get<{ doc: number }>('SELECT doc FROM chunk_vocabulary WHERE term = ?', [term])?.doc ?? 0
    );
  }
}
