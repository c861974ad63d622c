import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../../models/partial';
import { isRunning } from '../../models/running';
import { isRecord } from '../../protocol/json';

/** Engines in a row that ended without a word while a model was on the GPU. One may have been killed, or the machine switched off. */
const mostCrashes = 2;

interface Mark {
  /** What the GPU was chosen by. */
  key: string;
  pid: number;
  /** Engines before this one that ended so. */
  crashes: number;
}

/**
 * Left on disk while a model that was put on the GPU by itself is there, and taken away by an engine that ends in order: a driver may
 * take the whole process with it, and an engine that is started again must not go the same way for ever.
 */
export class CrashMark {
  private readonly file: string;

  constructor(
    cacheFolder: string,
    private readonly isAlive: (pid: number) => boolean = isRunning,
  ) {
    this.file = path.join(cacheFolder, 'on-gpu.json');
  }

  /** Before a model goes to the GPU. Answers whether it should: not where engines keep ending there. */
  enter(key: string): boolean {
    const crashes = this.crashesOf(key);
    if (crashes >= mostCrashes) return false;
    this.write({ key, pid: process.pid, crashes });
    return true;
  }

  /** Nothing is on the GPU any more, or it is to be tried again. */
  leave(): void {
    rmSync(this.file, { force: true });
  }

  private crashesOf(key: string): number {
    const mark = this.read();
    if (mark?.key !== key) return 0;
    return mark.pid === process.pid || this.isAlive(mark.pid) ? mark.crashes : mark.crashes + 1;
  }

  private read(): Mark | undefined {
    try {
      const mark: unknown = JSON.parse(readFileSync(this.file, 'utf8'));
      return isMark(mark) ? mark : undefined;
    } catch {
      return undefined;
    }
  }

  private write(mark: Mark): void {
    try {
      writeWhole(this.file, JSON.stringify(mark));
    } catch {
      // Where nothing can be written, nothing was probed either, and models stay on the CPU.
    }
  }
}

function isMark(value: unknown): value is Mark {
  return (
    isRecord(value) &&
    typeof value.key === 'string' &&
    Number.isInteger(value.pid) &&
    Number.isInteger(value.crashes)
  );
}
