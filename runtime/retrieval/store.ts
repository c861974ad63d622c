/** The index of one workspace folder on disk. Synchronous and small steps; every write is one transaction. */
import type { FileOutline, OutlineSymbol } from '../protocol/outline';
import type { SkipReason } from '../protocol/index-status';
import type { Chunk } from './chunking';
import type { Database } from './database';
import type { ImportEdge } from './import-graph';
import { importKey } from './imports';
import { Passages } from './passages';
import { identifiersIn, isCode } from './references';
import { StoredNames } from './stored-names';
import { VectorStore } from './vector-store';
import { indexText } from './words';

export interface FileStat {
  size: number;
  mtimeMs: number;
}

export interface StoredFile extends FileStat {
  skipped?: SkipReason;
}

/** A chunk with its columns of the full-text table: names, docs, body. */
export interface IndexedChunk {
  chunk: Chunk;
  terms: [names: string, docs: string, body: string];
  identifiers: ReadonlySet<string>;
}

export function indexChunk(chunk: Chunk): IndexedChunk {
  const names = indexText(`${chunk.title ?? ''} ${chunk.symbols.join(' ')}`);
  return {
    chunk,
    terms: [names, indexText(chunk.doc), indexText(chunk.text)],
    identifiers: identifiersIn(chunk.text),
  };
}

function identifiersOf(chunks: readonly IndexedChunk[]): string {
  return [...new Set(chunks.flatMap(({ identifiers }) => [...identifiers]))].join(' ');
}

export interface StoredImport {
  path: string;
  source: string;
  names: string;
  line: number;
}

/** Content that no file shows any more is kept this long: branches are switched back to. */
const KEEP_UNUSED_MS = 14 * 24 * 3600 * 1000;
/** What a file held for less than this was a step on the way of its writing, and goes after an hour: every save leaves one. */
const PASSING_MS = 10 * 60 * 1000;
const KEEP_PASSING_MS = 3600 * 1000;

export class Store {
  readonly passages: Passages;
  readonly vectors: VectorStore;
  readonly names: StoredNames;

  constructor(private readonly database: Database) {
    this.passages = new Passages(database);
    this.vectors = new VectorStore(database);
    this.names = new StoredNames(database);
  }

  files(): Map<string, StoredFile> {
    const rows = this.database.all<{ path: string; size: number; mtime: number; skipped: SkipReason | null }>(
      'SELECT path, size, mtime, skipped FROM files',
    );
    return new Map(
      rows.map((row) => [
        row.path,
        { size: row.size, mtimeMs: row.mtime, skipped: row.skipped ?? undefined },
      ]),
    );
  }

  /** The path itself, if it is known, and every known path below it. */
  pathsUnder(path: string): string[] {
    return this.database
      .all<{ path: string }>('SELECT path FROM files WHERE path = ? OR (path >= ? AND path < ?)', [
        path,
        `${path}/`,
        `${path}/\u{10ffff}`,
      ])
      .map((row) => row.path);
  }

  /** Number of chunks by file, skipped files included, in order of their paths. */
  fileList(): { path: string; chunks: number; skipped: SkipReason | null }[] {
    return this.database.all(
      `SELECT path, skipped, (SELECT count(*) FROM chunks WHERE chunks.content_id = files.content_id) AS chunks
       FROM files ORDER BY path`,
    );
  }

  counts(): { files: number; chunks: number } {
    return this.database.get<{ files: number; chunks: number }>(
      `SELECT (SELECT count(*) FROM files WHERE skipped IS NULL) AS files, (SELECT count(*) FROM chunks) AS chunks`,
    )!;
  }

  /** Points the file at content that is known already. False: it is not, the file must be cut first. */
  linkKnown(path: string, stat: FileStat, hash: string, language: string): boolean {
    const content = this.database.get<{ id: number }>(
      'SELECT id FROM contents WHERE hash = ? AND language = ?',
      [hash, language],
    );
    if (!content) return false;
    this.database.transaction(() => this.link(path, stat, content.id));
    return true;
  }

  put(
    path: string,
    stat: FileStat,
    hash: string,
    outline: FileOutline,
    chunks: readonly IndexedChunk[],
  ): void {
    const { database } = this;
    database.transaction(() => {
      const known = database.get<{ id: number }>('SELECT id FROM contents WHERE hash = ? AND language = ?', [
        hash,
        outline.languageId,
      ]);
      const id =
        known?.id ??
        database.run('INSERT INTO contents (hash, language, identifiers) VALUES (?, ?, ?)', [
          hash,
          outline.languageId,
          isCode(outline.languageId) ? identifiersOf(chunks) : '',
        ]).lastId;
      if (!known) {
        for (const { chunk, terms } of chunks) {
          const { lastId } = database.run(
            `INSERT INTO chunks (content_id, start_line, end_line, title, kind, exported, symbols, doc, text)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            [
              id,
              chunk.range.startLine,
              chunk.range.endLine,
              chunk.title ?? null,
              chunk.kind,
              chunk.exported ? 1 : 0,
              chunk.symbols.join(' '),
              chunk.doc,
              chunk.text,
            ],
          );
          database.run('INSERT INTO chunk_terms (rowid, names, docs, body) VALUES (?, ?, ?, ?)', [
            lastId,
            ...terms,
          ]);
        }
        this.putSymbols(id, outline.symbols);
        for (const reference of outline.imports) {
          database.run('INSERT INTO imports (content_id, key, source, names, line) VALUES (?, ?, ?, ?, ?)', [
            id,
            importKey(reference.source),
            reference.source,
            reference.names.join(' '),
            reference.line,
          ]);
        }
      }
      this.link(path, stat, id);
    });
  }

  putSkipped(path: string, stat: FileStat, reason: SkipReason): void {
    this.database.transaction(() => {
      this.unlink(path);
      this.database.run('INSERT INTO files (path, size, mtime, skipped) VALUES (?, ?, ?, ?)', [
        path,
        stat.size,
        stat.mtimeMs,
        reason,
      ]);
    });
  }

  /** Forgets files; what they held is kept for a while. */
  remove(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.database.transaction(() => paths.forEach((path) => this.unlink(path)));
  }

  /** Lines (from 0) of the first symbol of this name in a file. */
  symbolRange(path: string, name: string): { startLine: number; endLine: number } | undefined {
    return this.database.get<{ startLine: number; endLine: number }>(
      `SELECT start_line AS startLine, end_line AS endLine FROM symbols JOIN files ON files.content_id = symbols.content_id
       WHERE files.path = ? AND symbols.name = ? ORDER BY start_line LIMIT 1`,
      [path, name],
    );
  }

  /** Imports whose source ends in one of these keys. */
  importsByKey(keys: readonly string[]): StoredImport[] {
    return keys.flatMap((key) =>
      this.database.all<StoredImport>(
        `SELECT files.path AS path, source, names, line FROM imports JOIN files ON files.content_id = imports.content_id
         WHERE key = ? ORDER BY files.path`,
        [key],
      ),
    );
  }

  /** Every import of every file, in order of their paths. */
  imports(): ImportEdge[] {
    return this.database.all<ImportEdge>(
      `SELECT files.path AS path, source, names FROM imports JOIN files ON files.content_id = imports.content_id
       ORDER BY files.path`,
    );
  }

  /** Deletes at most `limit` contents that no file has shown for long; answers how many went. */
  purgeUnused(limit: number, now = Date.now()): number {
    const rows = this.database.all<{ id: number }>('SELECT id FROM contents WHERE unused_since < ? LIMIT ?', [
      now - KEEP_UNUSED_MS,
      limit,
    ]);
    if (rows.length > 0) {
      this.database.transaction(() => {
        for (const { id } of rows) {
          this.vectors.forget(id);
          this.database.run(
            'DELETE FROM chunk_terms WHERE rowid IN (SELECT id FROM chunks WHERE content_id = ?)',
            [id],
          );
          for (const table of ['chunks', 'symbols', 'imports'])
            this.database.run(`DELETE FROM ${table} WHERE content_id = ?`, [id]);
          this.database.run('DELETE FROM contents WHERE id = ?', [id]);
        }
      });
    }
    return rows.length;
  }

  close(): void {
    try {
      // Leaves one file instead of three; another window that reads meanwhile may prevent it.
      this.database.get('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Damaged or busy: the log stays and is read at the next opening.
    }
    this.database.close();
  }

  private putSymbols(content: number, symbols: readonly OutlineSymbol[]): void {
    for (const symbol of symbols) {
      this.database.run(
        'INSERT INTO symbols (content_id, name, kind, start_line, end_line, name_line, exported) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [
          content,
          symbol.name,
          symbol.kind,
          symbol.range.startLine,
          symbol.range.endLine,
          symbol.nameLine,
          symbol.exported ? 1 : 0,
        ],
      );
      this.putSymbols(content, symbol.children);
    }
  }

  private link(path: string, stat: FileStat, content: number): void {
    this.unlink(path, stat);
    const { lastId } = this.database.run(
      'INSERT INTO files (path, size, mtime, content_id) VALUES (?, ?, ?, ?)',
      [path, stat.size, stat.mtimeMs, content],
    );
    this.database.run('INSERT INTO path_terms (rowid, words) VALUES (?, ?)', [lastId, indexText(path)]);
    this.database.run('UPDATE contents SET unused_since = NULL WHERE id = ?', [content]);
  }

  private unlink(path: string, successor?: FileStat): void {
    const { database } = this;
    const old = database.get<{ id: number; content: number | null; mtime: number }>(
      'SELECT id, content_id AS content, mtime FROM files WHERE path = ?',
      [path],
    );
    if (!old) return;
    database.run('DELETE FROM files WHERE id = ?', [old.id]);
    if (old.content === null) return;
    database.run('DELETE FROM path_terms WHERE rowid = ?', [old.id]);
    const passing = successor !== undefined && successor.mtimeMs - old.mtime < PASSING_MS;
    database.run(
      'UPDATE contents SET unused_since = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM files WHERE content_id = ?)',
      [Date.now() - (passing ? KEEP_UNUSED_MS - KEEP_PASSING_MS : 0), old.content, old.content],
    );
  }
}
