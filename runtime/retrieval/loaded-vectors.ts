/** All vectors of the index file in memory, from the first question on: read in small steps, as there may be many. */
import type { Database } from './database';
import { VectorTable, type Int8Vector } from './int8-vectors';

/** Vectors that are read at once: a millisecond or so. */
const PAGE = 256;

interface Row {
  key: number;
  scale: number;
  /** One driver gives bytes, the other the buffer under them. */
  data: Uint8Array | ArrayBuffer;
}

export class LoadedVectors {
  private table: VectorTable | undefined;
  /** The id after which they are still to be read; undefined = all are there. */
  private end: number | undefined;
  /** SQLite's number of the state that the table was begun from: another one after somebody else's write. */
  private version: unknown;

  constructor(private readonly database: Database) {}

  /** Undefined while some are missing. The same object as before as long as nothing has gone from it. */
  get all(): VectorTable | undefined {
    return this.end === undefined ? this.table : undefined;
  }

  /** Reads some more. The file holds some. */
  load(): void {
    this.table ??= this.begin();
    const rows = this.database.all<Row>(
      'SELECT id AS key, scale, data FROM vectors WHERE id > ? ORDER BY id LIMIT ?',
      [this.end!, PAGE],
    );
    for (const row of rows) this.table.add(row.key, vectorOf(row));
    this.end = rows.length < PAGE ? undefined : rows.at(-1)!.key;
  }

  /** It was written to the file, under a higher number than all others. */
  add(id: number, vector: Int8Vector): void {
    // A table that is still being read comes to it.
    this.all?.add(id, vector);
  }

  /** Lets them go where another window has written since. */
  refresh(): void {
    if (this.table && this.dataVersion() !== this.version) this.release();
  }

  release(): void {
    this.table = undefined;
    this.end = undefined;
  }

  private begin(): VectorTable {
    this.version = this.dataVersion();
    this.end = -1;
    const { count } = this.database.get<{ count: number }>('SELECT count(*) AS count FROM vectors')!;
    const { width } = this.database.get<{ width: number }>(
      'SELECT length(data) AS width FROM vectors LIMIT 1',
    )!;
    return new VectorTable(width, count);
  }

  private dataVersion(): unknown {
    return Object.values(this.database.get('PRAGMA data_version')!)[0];
  }
}

function vectorOf({ scale, data }: Row): Int8Vector {
  const bytes = new Uint8Array(data);
  return { scale, values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}
