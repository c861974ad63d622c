import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../protocol/errors';

const again = 'Install or download the model again.';

/** What one call of the system reads at most: larger ones are refused by some. */
const largestRead = 1 << 30;

/** A file of weights, open for reading at any place. Its complaints name it and say what to do. */
export class WeightsSource {
  private constructor(
    readonly file: string,
    readonly size: number,
    private readonly descriptor: number,
  ) {}

  /** @throws UserError where the file is missing or cannot be read */
  static open(file: string): WeightsSource {
    try {
      const descriptor = openSync(file, 'r');
      return new WeightsSource(file, fstatSync(descriptor).size, descriptor);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const problem = missing ? 'is missing' : `cannot be read (${(error as Error).message})`;
      throw new UserError(`${file} ${problem}. ${again}`, { cause: error });
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  damaged(why: string): UserError {
    return new UserError(
      `${path.basename(this.file)} in ${path.dirname(this.file)} is damaged: ${why}. ${again}`,
    );
  }

  /** @throws UserError where the file has become shorter since it was opened */
  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const wanted = Math.min(length - done, largestRead);
      const count = readSync(this.descriptor, bytes, done, wanted, at + done);
      if (count === 0) throw new UserError(`${this.file} ended while it was read. ${again}`);
      done += count;
    }
    return bytes;
  }
}
