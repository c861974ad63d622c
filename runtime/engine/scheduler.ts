import type { Priority } from '../inference/language-model';
import type { BlockOptions, BlockScheduler } from '../inference/scheduling';
import { CancelledError } from '../protocol/errors';

interface Block {
  priority: Priority;
  aside: boolean;
}

interface Waiting extends Block {
  start: () => void;
}

/**
 * Gives the models' thread to one block at a time, to the most urgent job first and among equals to the one that
 * waited longest. A job asks anew for each of its blocks, so a keystroke waits for at most one block of anything else,
 * and for none that runs aside.
 */
export class Scheduler implements BlockScheduler {
  /** In order of arrival. None of them may start: whatever changes that starts it. */
  private readonly waiting: Waiting[] = [];
  private readonly running = new Set<Block>();

  async run<T>({ priority, aside = false, signal, waited }: BlockOptions, job: () => Promise<T>): Promise<T> {
    const asked = performance.now();
    const block = { priority, aside };
    await this.turn(block, signal);
    if (waited) waited.ms += performance.now() - asked;
    try {
      return await job();
    } finally {
      this.running.delete(block);
      this.next();
    }
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.running.size === 0 && this.waiting.length === 0;
  }

  private turn(block: Block, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(new CancelledError());
    if (this.mayStart(block)) {
      this.running.add(block);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new CancelledError());
      };
      const entry: Waiting = {
        ...block,
        start: () => {
          signal?.removeEventListener('abort', abort);
          this.running.add(block);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.push(entry);
    });
  }

  /** Beside what runs aside only what is more urgent than it. */
  private mayStart({ priority, aside }: Block): boolean {
    return [...this.running].every((other) => other.aside && !aside && priority < other.priority);
  }

  private next(): void {
    for (;;) {
      const ready = this.waiting.filter((entry) => this.mayStart(entry));
      if (ready.length === 0) return;
      const best = ready.reduce((a, b) => (b.priority < a.priority ? b : a));
      this.waiting.splice(this.waiting.indexOf(best), 1);
      best.start();
    }
  }
}
