import { openDatabase, type Database } from '../retrieval/database';
import { isBusy } from '../retrieval/store-file';

/** Out of reach for the collector, which would close them. */
const held: Database[] = [];

/**
 * Takes a lock that one process at a time can hold, until that process ends: the database's own lock on a file, which the
 * system lets go of however its holder ends. What a file alone could say would be stale after a crash.
 * @returns false while another process holds it
 */
export function takeLock(file: string): boolean {
  let database: Database | undefined;
  try {
    // Opening may meet the lock already.
    database = openDatabase(file);
    database.get('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
    held.push(database);
    return true;
  } catch (error) {
    database?.close();
    if (isBusy(error)) return false;
    throw error;
  }
}
