/** The baseline: SQLite's full-text ranking over the chunks' text as it is, words of the question joined by OR. */
import { openDatabase, type Database } from '../retrieval/database';

export interface PlainChunk {
  path: string;
  startLine: number;
  endLine: number;
  text: string;
}

export class PlainRanking {
  private readonly database: Database = openDatabase(':memory:');

  constructor(private readonly chunks: readonly PlainChunk[]) {
    this.database.exec("CREATE VIRTUAL TABLE plain USING fts5(text, tokenize='unicode61')");
    this.database.transaction(() => {
      for (const [at, chunk] of chunks.entries())
        this.database.run('INSERT INTO plain (rowid, text) VALUES (?, ?)', [at + 1, chunk.text]);
    });
  }

  search(question: string, limit: number): PlainChunk[] {
    const words = [...new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])];
    if (words.length === 0) return [];
    return this.database
      .all<{ id: number }>('SELECT rowid AS id FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?', [
        words.map((word) => `"${word}"`).join(' OR '),
        limit,
      ])
      .map(({ id }) => this.chunks[id - 1]!);
  }

  close(): void {
    this.database.close();
  }
}
