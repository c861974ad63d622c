import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, type Database } from '../retrieval/database';
import type { GeneratedText, SummaryLineCache } from '../summaries';
import { messageOf } from '../protocol/errors';
import type { Logger } from './log';

/** So many lines are kept, the least recently used go first: some 20 MB. */
const capacity = 100_000;

/**
 * Generated summary lines on disk. Keys are hashes of code, values are the model's sentences: a summary made once
 * costs nothing the next time, in this window or another.
 */
export class SummaryLineStore implements SummaryLineCache {
  private constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  /** A damaged file is replaced: all it holds can be made again. Without a usable file lines are kept in memory. */
  static open(folder: string, log: Logger): SummaryLineStore {
    const file = path.join(folder, 'lines.sqlite');
    for (const attempt of ['first', 'afresh'] as const) {
      try {
        return new SummaryLineStore(prepare(file), log);
      } catch (error) {
        log.warn('Summary store not opened', { attempt, error: messageOf(error) });
        for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
      }
    }
    return new SummaryLineStore(prepare(':memory:'), log);
  }

  get(key: string): GeneratedText | undefined {
    return this.guard(() => {
      const row = this.database.get<{ value: string }>('SELECT value FROM lines WHERE key = ?', [key]);
      if (!row) return undefined;
      this.database.run('UPDATE lines SET used = ? WHERE key = ?', [Date.now(), key]);
      return JSON.parse(row.value) as GeneratedText;
    });
  }

  set(key: string, value: GeneratedText): void {
    this.guard(() => {
      const row = [key, JSON.stringify(value), Date.now()];
      this.database.run('INSERT OR REPLACE INTO lines (key, value, used) VALUES (?, ?, ?)', row);
    });
  }

  close(): void {
    this.guard(() => {
      this.database.run(
        'DELETE FROM lines WHERE key IN (SELECT key FROM lines ORDER BY used DESC LIMIT -1 OFFSET ?)',
        [capacity],
      );
      this.database.close();
    });
  }

  /** A cache that fails is no reason for a summary to fail. */
  private guard<T>(job: () => T): T | undefined {
    try {
      return job();
    } catch (error) {
      this.log.warn('Summary store failed', { error: messageOf(error) });
      return undefined;
    }
  }
}

function prepare(file: string): Database {
  const database = openDatabase(file);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 2000;');
    database.exec(
      'CREATE TABLE IF NOT EXISTS lines (key TEXT PRIMARY KEY, value TEXT NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID',
    );
    if (file !== ':memory:') chmodSync(file, 0o600);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
