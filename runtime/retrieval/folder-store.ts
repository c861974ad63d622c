/**
 * The store of one folder, held open. Another window may hold its lock for a moment; a damaged file is put aside and
 * begun anew, so that whoever reads or writes has to know neither.
 */
import { openStoreFile, isBusy, isDamage, putAside, removeStoreFile, storeBytes } from './store-file';
import { Store } from './store';

const BUSY_WAIT_MS = 50;

export interface FolderStoreOptions {
  file: string;
  /** Of the workspace folder, links resolved: the file is made for it alone. */
  root: string;
  /** Told in sentences what went wrong and what was done about it. */
  onNotice?: (notice: string) => void;
  /** The store is empty again. */
  onEmptied: () => void;
}

export class FolderStore {
  private store: Store;
  private writes = 0;

  constructor(private readonly options: FolderStoreOptions) {
    this.store = this.open();
  }

  /** As it is now; another one after damage. */
  get current(): Store {
    return this.store;
  }

  /** Another number after every change of what files hold. */
  get revision(): number {
    return this.writes;
  }

  get bytes(): number {
    return storeBytes(this.options.file);
  }

  /** Undefined when the store was damaged and has been emptied. */
  write<T>(work: (store: Store) => T, signal: AbortSignal): Promise<T | undefined> {
    this.writes++;
    return this.writeBeside(work, signal);
  }

  /** As `write`, of what is kept beside what files hold: no other revision comes of it. */
  async writeBeside<T>(work: (store: Store) => T, signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      try {
        return work(this.store);
      } catch (error) {
        if (isDamage(error)) {
          this.startAnew();
          return undefined;
        }
        if (!isBusy(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
        signal.throwIfAborted();
      }
    }
  }

  /** `otherwise` when the store was damaged and has been emptied. */
  read<T>(query: (store: Store) => T, otherwise: T): T {
    try {
      return query(this.store);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.startAnew();
      return otherwise;
    }
  }

  /** Deletes what is known. */
  rebuild(): void {
    this.store.close();
    removeStoreFile(this.options.file);
    this.reopen();
  }

  close(): void {
    this.store.close();
  }

  private open(): Store {
    const { database, notice } = openStoreFile(this.options.file, this.options.root);
    if (notice) this.options.onNotice?.(notice);
    return new Store(database);
  }

  private startAnew(): void {
    this.store.close();
    putAside(this.options.file);
    this.options.onNotice?.(
      `The index of ${this.options.root} was damaged. It was put aside and is being rebuilt.`,
    );
    this.reopen();
  }

  private reopen(): void {
    this.store = this.open();
    this.writes++;
    this.options.onEmptied();
  }
}
