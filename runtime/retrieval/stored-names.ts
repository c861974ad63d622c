/** The names of one folder's store: which files define them, and which use them. */
import type { Database } from './database';
import type { FileNames } from './references';

/** What other files may mean by a name: not what only its own file can reach, nor a heading. */
const REACHABLE = `symbols.kind <> 'section' AND (symbols.exported = 1 OR symbols.kind NOT IN ('property', 'constant', 'variable'))`;

export class StoredNames implements FileNames {
  constructor(private readonly database: Database) {}

  definedIn(path: string): string[] {
    return this.database
      .all<{ name: string }>(
        `SELECT DISTINCT name FROM files JOIN contents ON contents.id = files.content_id
         JOIN symbols ON symbols.content_id = contents.id
         WHERE files.path = ? AND contents.identifiers <> '' AND ${REACHABLE}`,
        [path],
      )
      .map(({ name }) => name);
  }

  usedIn(path: string): string[] {
    const found = this.database.get<{ identifiers: string }>(
      'SELECT identifiers FROM files JOIN contents ON contents.id = files.content_id WHERE files.path = ?',
      [path],
    );
    return found?.identifiers.split(' ').filter(Boolean) ?? [];
  }

  /** How many definitions a name has that others can mean, counted up to `most`. */
  definitions(name: string, most: number): number {
    return this.database.get<{ count: number }>(
      `SELECT count(*) AS count FROM (
         SELECT 1 FROM symbols JOIN files ON files.content_id = symbols.content_id
         WHERE symbols.name = ? AND ${REACHABLE} LIMIT ?)`,
      [name, most],
    )!.count;
  }
}
