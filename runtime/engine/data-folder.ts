import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { removeLeftovers } from '../models/partial';
import { UserError, messageOf } from '../protocol/errors';
import { modelsFolderName } from '../protocol/models';

/** Where what Longview saves lies: one folder, readable by its owner alone, with one sub-folder per kind. */
export class DataFolder {
  readonly index: string;
  readonly cache: string;
  readonly summaries: string;
  readonly states: string;

  constructor(readonly root: string) {
    this.index = path.join(root, 'index');
    this.cache = path.join(root, 'cache');
    this.summaries = path.join(root, 'summaries');
    this.states = path.join(root, 'states');
  }

  private get kinds(): string[] {
    return [this.index, this.cache, this.summaries, this.states];
  }

  /** @throws UserError when the folder cannot be made or written */
  async prepare(): Promise<void> {
    try {
      for (const folder of [this.root, ...this.kinds]) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
      }
      await chmod(this.root, 0o700);
    } catch (error) {
      throw new UserError(
        `Longview cannot write to its data folder ${this.root} (${messageOf(error)}). Make the folder writable, or free space on its disk.`,
        { cause: error },
      );
    }
  }

  /** Deletes what processes that were killed have left half done: compiled weights and copies of models may be large. */
  async removeLeftovers(): Promise<void> {
    for (const folder of [
      this.cache,
      path.join(this.cache, 'compiled'),
      path.join(this.root, modelsFolderName),
    ])
      await removeLeftovers(folder);
  }

  /** Bytes by kind. */
  async sizes(): Promise<Record<'index' | 'cache' | 'summaries' | 'states', number>> {
    const [index, cache, summaries, states] = await Promise.all(this.kinds.map(folderBytes));
    return { index: index!, cache: cache!, summaries: summaries!, states: states! };
  }

  /** Deletes everything in it; answers with the bytes freed. */
  async clear(): Promise<number> {
    const before = Object.values(await this.sizes()).reduce((a, b) => a + b, 0);
    for (const folder of this.kinds) await rm(folder, { recursive: true, force: true });
    await this.prepare();
    return before;
  }
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const info = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += info?.size ?? 0;
  }
  return bytes;
}
