import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/errors';
import { recordOf } from '../protocol/json';
import { writeWhole } from './partial';

interface Known {
  size: number;
  modified: number;
  sha256: string;
}

/**
 * SHA-256 of files, remembered by path, size and time of change, so that a start does not read the weights
 * only to find that they are what they were.
 */
export class Checksums {
  private readonly remembered: Record<string, Known>;

  /** @param memory file that remembers; losing it costs one reading of each file */
  constructor(private readonly memory: string) {
    this.remembered = readMemory(memory);
  }

  async of(file: string): Promise<string> {
    const known = this.recall(file);
    if (known !== undefined) return known;
    const { size, mtimeMs: modified } = this.stat(file);
    const sha256 = await hashFile(file);
    this.remembered[path.resolve(file)] = { size, modified, sha256 };
    this.save();
    return sha256;
  }

  /** Of several files as one, by their names in `folder`; of a single file its own. */
  async ofAll(folder: string, names: readonly string[]): Promise<string> {
    const sums: string[] = [];
    for (const name of names) sums.push(await this.of(path.join(folder, name)));
    return joinedSum(sums);
  }

  /** As `ofAll`, but reads no file: undefined where one is not remembered. */
  known(folder: string, names: readonly string[]): string | undefined {
    const sums = names.map((name) => this.recall(path.join(folder, name)));
    return sums.every((sum) => sum !== undefined) ? joinedSum(sums as string[]) : undefined;
  }

  /** @throws UserError naming the first file that is not what `expected` (by file name) says */
  async verify(folder: string, expected: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, sum] of Object.entries(expected)) {
      const file = path.join(folder, name);
      if ((await this.of(file)) !== sum)
        throw new UserError(
          `${file} is damaged: its content is not what longview.json says. Install or download the model again.`,
        );
    }
  }

  private recall(file: string): string | undefined {
    const { size, mtimeMs: modified } = this.stat(file);
    const key = path.resolve(file);
    const known = Object.hasOwn(this.remembered, key) ? this.remembered[key] : undefined;
    return known?.size === size && known.modified === modified ? known.sha256 : undefined;
  }

  private stat(file: string) {
    try {
      return statSync(file);
    } catch (error) {
      throw new UserError(`${file} is missing or cannot be read. Install or download the model again.`, {
        cause: error,
      });
    }
  }

  private save(): void {
    try {
      writeWhole(this.memory, JSON.stringify(this.remembered));
    } catch {
      // A memory that cannot be written only costs time.
    }
  }
}

function readMemory(file: string): Record<string, Known> {
  try {
    return recordOf(JSON.parse(readFileSync(file, 'utf8'))) as Record<string, Known>;
  } catch {
    return {};
  }
}

/** One checksum for several: of one, that one itself. */
export function joinedSum(sums: readonly string[]): string {
  return sums.length === 1 ? sums[0]! : createHash('sha256').update(sums.join('\n')).digest('hex');
}

/** SHA-256 of a file of any size. */
export async function hashFile(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = new Uint8Array(1 << 20);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
