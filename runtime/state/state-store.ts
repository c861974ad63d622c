import { createHash } from 'node:crypto';
import {
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import type { StateSnapshot } from '../inference/snapshot';
import {
  decodeState,
  encodeState,
  headerLength,
  headerStart,
  parseHeader,
  stateName,
  type StateHeader,
} from './state-file';

/** A saved state as far as it is known without reading it whole. */
export interface SavedState {
  scope: string;
  ids: Int32Array;
  label?: string;
}

export interface StateStoreOptions {
  /** Holds the states of all models, one sub-folder each. Made when absent, readable by its owner alone. */
  folder: string;
  /** Key of the model: states of another key are never listed and never loaded. */
  model: string;
  /** Bytes of all states of all models together; 0 = nothing is saved. */
  limitBytes: number;
  /** A file was damaged and has been deleted, or the disk refused. For the log. */
  onProblem: (message: string) => void;
}

interface File {
  path: string;
  bytes: number;
  /** Last use, ms since 1970. */
  used: number;
}

const suffix = '.state';
/** Unfinished files that are older were left behind by a process that was killed. */
const abandonedMs = 10 * 60_000;

/**
 * States on disk. Each is one file, written beside its place and then moved there: a process that is killed at any moment
 * loses at most the state that it was writing. Nothing is trusted that does not match its checksum and its name. Beyond the limit
 * those go that were not used for longest.
 */
export class StateStore {
  private readonly files = new Map<string, File>();
  private readonly own: string;
  private limitBytes: number;
  private written = 0;

  private constructor(private readonly options: StateStoreOptions) {
    this.limitBytes = options.limitBytes;
    this.own = path.join(options.folder, folderName(options.model));
  }

  /** Opens the store and lists what it holds for this model. */
  static async open(options: StateStoreOptions): Promise<{ store: StateStore; saved: SavedState[] }> {
    const store = new StateStore(options);
    return { store, saved: await store.scan() };
  }

  /** Bytes of all states of all models. */
  get bytes(): number {
    let sum = 0;
    for (const file of this.files.values()) sum += file.bytes;
    return sum;
  }

  setLimit(bytes: number): Promise<void> {
    this.limitBytes = bytes;
    return this.shrink();
  }

  /** Writes a state. Answers whether it lies on disk now; a disk that refuses is a problem told, not an error. */
  async save({ scope, ids, label }: SavedState, snapshot: StateSnapshot): Promise<boolean> {
    if (snapshot.model !== this.options.model) throw new Error('The state belongs to another model');
    const bytes = encodeState(scope, ids, snapshot, label);
    if (bytes.length > this.limitBytes) return false;
    const place = this.placeOf(scope, ids);
    const partial = `${place}.${process.pid}-${++this.written}.tmp`;
    try {
      await mkdir(this.own, { recursive: true, mode: 0o700 });
      await writeFile(partial, bytes, { mode: 0o600 });
      await rename(partial, place);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      this.options.onProblem(`A state was not saved (${(error as Error).message})`);
      return false;
    }
    this.files.set(place, { path: place, bytes: bytes.length, used: Date.now() });
    await this.shrink();
    return this.files.has(place);
  }

  /** The state, where it is there, whole and its own; what is not is deleted, and read anew by whoever asked. */
  async load({ scope, ids }: SavedState): Promise<StateSnapshot | undefined> {
    const place = this.placeOf(scope, ids);
    let bytes: Buffer;
    try {
      bytes = await readFile(place);
    } catch {
      this.files.delete(place);
      return undefined;
    }
    const decoded = decodeState(bytes);
    if (!decoded || !this.isOwn(place, decoded.header, decoded.ids)) {
      await this.discard(place);
      return undefined;
    }
    const now = new Date();
    await utimes(place, now, now).catch(() => undefined);
    this.files.set(place, { path: place, bytes: bytes.length, used: now.getTime() });
    return decoded.snapshot;
  }

  async delete({ scope, ids }: SavedState): Promise<void> {
    const place = this.placeOf(scope, ids);
    this.files.delete(place);
    await rm(place, { force: true });
  }

  /** Forgets and deletes everything, of all models. */
  async clear(): Promise<void> {
    this.files.clear();
    await rm(this.options.folder, { recursive: true, force: true });
  }

  private placeOf(scope: string, ids: Int32Array): string {
    return path.join(this.own, stateName(this.options.model, scope, ids) + suffix);
  }

  /** A file that was moved here, or made for another model, does not have the name that its content asks for. */
  private isOwn(place: string, { model, scope }: StateHeader, ids: Int32Array): boolean {
    return model === this.options.model && this.placeOf(scope, ids) === place;
  }

  private async discard(place: string): Promise<void> {
    this.files.delete(place);
    await rm(place, { force: true }).catch(() => undefined);
    this.options.onProblem(`A saved state was damaged and has been deleted (${path.basename(place)})`);
  }

  private async scan(): Promise<SavedState[]> {
    const { folder } = this.options;
    const saved: SavedState[] = [];
    const models = await readdir(folder).catch(() => []);
    for (const model of models) {
      const names = await readdir(path.join(folder, model)).catch(() => []);
      for (const name of names) {
        const place = path.join(folder, model, name);
        const info = await stat(place).catch(() => undefined);
        if (!info?.isFile()) continue;
        if (!name.endsWith(suffix)) {
          if (Date.now() - info.mtimeMs > abandonedMs)
            await rm(place, { force: true }).catch(() => undefined);
          continue;
        }
        this.files.set(place, { path: place, bytes: info.size, used: info.mtimeMs });
        if (path.dirname(place) !== this.own) continue;
        const found = await readFront(place);
        if (found && this.isOwn(place, found.header, found.ids)) {
          const { scope, label } = found.header;
          saved.push({ scope, ids: found.ids, ...(label !== undefined && { label }) });
        } else await this.discard(place);
      }
    }
    await this.shrink();
    return saved.filter((state) => this.files.has(this.placeOf(state.scope, state.ids)));
  }

  private async shrink(): Promise<void> {
    let total = this.bytes;
    if (total <= this.limitBytes) return;
    for (const file of [...this.files.values()].sort((a, b) => a.used - b.used)) {
      if (total <= this.limitBytes) return;
      this.files.delete(file.path);
      total -= file.bytes;
      await rm(file.path, { force: true }).catch(() => undefined);
    }
  }
}

/** Header and ids alone: the checksum is compared when the state is loaded, the name already now. */
async function readFront(place: string): Promise<{ header: StateHeader; ids: Int32Array } | undefined> {
  const handle = await open(place, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const start = await take(handle, 0, headerStart);
    const length = headerLength(start);
    if (length === undefined) return undefined;
    const header = parseHeader(await take(handle, headerStart, length));
    const { size } = await handle.stat();
    if (!header || headerStart + length + 4 * header.tokens > size) return undefined;
    const ids = await take(handle, headerStart + length, 4 * header.tokens);
    return { header, ids: new Int32Array(ids.buffer) };
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** @throws where the file ends before that */
async function take(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('The file ends early');
  return buffer;
}

/** Model keys are hexadecimal; anything else must not become a path. */
function folderName(model: string): string {
  return /^[\w-]{1,64}$/.test(model) ? model : createHash('sha256').update(model).digest('hex').slice(0, 32);
}
