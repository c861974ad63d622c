/** Opens the index file of a workspace folder: private to the user, ours, of this version, or made anew. */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, type Database } from './database';
import { CHUNKING_VERSION } from './chunking';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './store-schema';

export interface OpenedStore {
  database: Database;
  /** What the user should know: the old file was put aside. */
  notice?: string;
}

const VERSION = SCHEMA_VERSION * 1000 + CHUNKING_VERSION;

/**
 * Never throws for the file's content: a damaged or foreign one is renamed to `*.damaged` (replacing an earlier one)
 * and the index starts empty. Throws when the folder cannot be written.
 */
export function openStoreFile(file: string, root: string): OpenedStore {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  restrict(folder, 0o700);
  let notice: string | undefined;
  if (existsSync(file)) {
    const verdict = tryOpen(file, root);
    if (typeof verdict === 'object') return { database: verdict };
    if (verdict === 'outdated') removeStoreFile(file);
    else {
      putAside(file);
      notice = `The index file ${file} was damaged or not made by Longview. It was put aside as ${path.basename(file)}.damaged and the index is being rebuilt.`;
    }
  }
  return { database: create(file, root), notice };
}

/** Deletes the index file and what SQLite keeps beside it. */
export function removeStoreFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(file + suffix, { force: true, recursive: true });
}

/** Moves a damaged file out of the way, keeping the last one for whoever wants to look. */
export function putAside(file: string): void {
  rmSync(`${file}.damaged`, { force: true, recursive: true });
  renameSync(file, `${file}.damaged`);
  removeStoreFile(file);
}

/** Bytes of the index file with its log. */
export function storeBytes(file: string): number {
  let bytes = 0;
  for (const suffix of ['', '-wal']) {
    try {
      bytes += statSync(file + suffix).size;
    } catch {
      // Not there.
    }
  }
  return bytes;
}

/** True when the error says that the file's content is broken, not that it is busy or the disk full. */
export function isDamage(error: unknown): boolean {
  const text = `${(error as { code?: string }).code ?? ''} ${error instanceof Error ? error.message : String(error)}`;
  return /SQLITE_(CORRUPT|NOTADB)|malformed|not a database|disk image|no such (table|column)/i.test(text);
}

/** True when another process holds the write lock for now. */
export function isBusy(error: unknown): boolean {
  const text = `${(error as { code?: string }).code ?? ''} ${error instanceof Error ? error.message : String(error)}`;
  return /SQLITE_(BUSY|LOCKED)|database( table)? is locked/i.test(text);
}

function tryOpen(file: string, root: string): Database | 'outdated' | 'damaged' {
  let database: Database | undefined;
  try {
    if (!statSync(file).isFile()) return 'damaged';
    database = openDatabase(file);
    const application = Object.values(database.get('PRAGMA application_id') ?? {})[0];
    const version = Object.values(database.get('PRAGMA user_version') ?? {})[0];
    if (!database.get('SELECT 1 FROM sqlite_master')) {
      // Whoever made it was killed before the first table.
      database.close();
      return 'outdated';
    }
    if (application !== APPLICATION_ID) throw new Error('not a database of Longview');
    if (version !== VERSION) {
      database.close();
      return 'outdated';
    }
    configure(database);
    const made = database.get<{ value: string }>("SELECT value FROM meta WHERE key = 'root'");
    if (made?.value !== root) throw new Error('made for another folder');
    // Touches each table's root page: a file cut short shows here and not in the middle of a question.
    for (const table of ['contents', 'files', 'chunks', 'symbols', 'imports'])
      database.get(`SELECT max(rowid) FROM ${table}`);
    database.get("SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH 'a' LIMIT 1");
    restrict(file, 0o600);
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw error;
    return 'damaged';
  }
}

function create(file: string, root: string): Database {
  // SQLite gives its log the same mode as the file, so the file is made private before the first write.
  const umask = process.umask?.(0o077);
  try {
    const database = openDatabase(file);
    configure(database);
    database.transaction(() => {
      // Two windows may open the same folder at once: whoever comes second finds the tables there.
      if (database.get("SELECT 1 FROM sqlite_master WHERE name = 'meta'")) return;
      database.exec(SCHEMA);
      database.run("INSERT INTO meta (key, value) VALUES ('root', ?)", [root]);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}`);
    });
    restrict(file, 0o600);
    return database;
  } finally {
    if (umask !== undefined) process.umask(umask);
  }
}

function configure(database: Database): void {
  // PRAGMA journal_mode answers with a row.
  database.get('PRAGMA journal_mode = WAL');
  // With a log, NORMAL survives a killed process; a power cut may lose the last steps, which are then done again.
  database.exec('PRAGMA synchronous = NORMAL');
  database.get('PRAGMA busy_timeout = 250');
  database.exec('PRAGMA cache_size = -8000');
  database.exec('PRAGMA temp_store = MEMORY');
}

function restrict(file: string, mode: number): void {
  try {
    chmodSync(file, mode);
  } catch {
    // File systems without modes (FAT, some network shares) have nothing to restrict.
  }
}
