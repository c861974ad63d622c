import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../protocol/errors';

/** Tells when nobody waits for anything: what takes all cores for seconds begins only then. */
export class QuietTime {
  private requests = 0;
  private since = -Infinity;

  /** @param quietMs without a request that must have passed */
  constructor(private readonly quietMs: number) {}

  async during<T>(job: () => Promise<T>): Promise<T> {
    this.requests++;
    try {
      return await job();
    } finally {
      this.requests--;
      this.since = performance.now();
    }
  }

  /** Resolves once it is quiet, which it may be at once. */
  async begun(signal?: AbortSignal): Promise<void> {
    for (;;) {
      throwIfAborted(signal);
      const left = this.requests > 0 ? this.quietMs : this.since + this.quietMs - performance.now();
      if (left <= 0) return;
      await sleep(left, undefined, { signal, ref: false });
    }
  }
}
