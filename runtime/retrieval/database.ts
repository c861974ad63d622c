/**
 * One face for the two SQLite drivers: `node:sqlite` where the runtime has it (VS Code's), `libsql` where it does not
 * (Node 20). Both synchronous, same file format. Statements are prepared once and kept.
 */
import { createRequire } from 'node:module';

export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface Database {
  /** Statements without parameters; several are separated by semicolons. */
  exec(sql: string): void;
  all<Row extends object = SqlRow>(sql: string, parameters?: readonly SqlValue[]): Row[];
  get<Row extends object = SqlRow>(sql: string, parameters?: readonly SqlValue[]): Row | undefined;
  run(sql: string, parameters?: readonly SqlValue[]): { changes: number; lastId: number };
  /** All or nothing; takes the write lock at once, so that it cannot fail half way. Not nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

interface DriverStatement {
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}

interface Driver {
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

/** Throws the driver's error when the file is no database or cannot be opened. */
export function openDatabase(file: string): Database {
  const { driver, spread } = openDriver(file);
  const statements = new Map<string, DriverStatement>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = driver.prepare(sql)));
    return statement;
  };
  // libsql aborts the process on a bare Buffer and takes its parameters as one array; node:sqlite takes them one by one.
  const pass = (parameters: readonly SqlValue[]) => (spread ? [...parameters] : [parameters]);
  return {
    exec: (sql) => driver.exec(sql),
    all: <Row extends object>(sql: string, parameters: readonly SqlValue[] = []) =>
      prepare(sql).all(...pass(parameters)) as Row[],
    // Not the driver's own `get`: libsql adds a property to the row.
    get: <Row extends object>(sql: string, parameters: readonly SqlValue[] = []) =>
      prepare(sql).all(...pass(parameters))[0] as Row | undefined,
    run(sql, parameters = []) {
      const { changes, lastInsertRowid } = prepare(sql).run(...pass(parameters));
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    transaction(work) {
      driver.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        driver.exec('COMMIT');
        return result;
      } catch (error) {
        try {
          driver.exec('ROLLBACK');
        } catch {
          // SQLite has rolled back already.
        }
        throw error;
      }
    },
    close() {
      statements.clear();
      driver.close();
    },
  };
}

function openDriver(file: string): { driver: Driver; spread: boolean } {
  const builtIn = nodeSqlite();
  if (builtIn) return { driver: new builtIn.DatabaseSync(file), spread: true };
  const Libsql = load('libsql') as new (file: string) => Driver;
  return { driver: new Libsql(file), spread: false };
}

interface NodeSqlite {
  DatabaseSync: new (file: string) => Driver;
}

function nodeSqlite(): NodeSqlite | undefined {
  // Absent in Node 20, behind a flag in early Node 22.
  try {
    return process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
  } catch {
    return undefined;
  }
}

/** Name of the driver in use, for the doctor. */
export function databaseDriver(): 'node:sqlite' | 'libsql' {
  return nodeSqlite() ? 'node:sqlite' : 'libsql';
}
