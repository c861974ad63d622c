import type { Priority, WorkOptions } from '../inference/language-model';
import { CancelledError } from '../protocol/errors';

interface Waiting {
  priority: Priority;
  order: number;
  start: () => void;
  abort: () => void;
}

/**
 * Gives the model's one thread to one block at a time, to the most urgent job first and among equals to the one that
 * waited longest. A job asks anew for each of its blocks, so a keystroke waits for at most one block of anything else.
 */
export class Scheduler {
  private readonly waiting: Waiting[] = [];
  private running = false;
  private order = 0;

  async run<T>(options: WorkOptions, block: () => Promise<T>): Promise<T> {
    const asked = performance.now();
    await this.turn(options);
    if (options.waited) options.waited.ms += performance.now() - asked;
    try {
      return await block();
    } finally {
      this.running = false;
      this.next();
    }
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return !this.running && this.waiting.length === 0;
  }

  private turn({ priority, signal }: WorkOptions): Promise<void> {
    if (signal?.aborted) return Promise.reject(new CancelledError());
    if (!this.running && this.waiting.length === 0) {
      this.running = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        priority,
        order: this.order++,
        start: () => {
          signal?.removeEventListener('abort', entry.abort);
          this.running = true;
          resolve();
        },
        abort: () => {
          this.waiting.splice(this.waiting.indexOf(entry), 1);
          reject(new CancelledError());
        },
      };
      signal?.addEventListener('abort', entry.abort, { once: true });
      this.waiting.push(entry);
    });
  }

  private next(): void {
    if (this.running || this.waiting.length === 0) return;
    let best = 0;
    for (let i = 1; i < this.waiting.length; i++) {
      const a = this.waiting[i]!;
      const b = this.waiting[best]!;
      if (a.priority < b.priority || (a.priority === b.priority && a.order < b.order)) best = i;
    }
    this.waiting.splice(best, 1)[0]!.start();
  }
}
