import { Priority } from '../inference/language-model';
import { isCancelled, messageOf } from '../protocol/errors';
import type { ReadingPlan } from './completion-job';
import type { Logger } from './log';
import type { ModelHost } from './model-host';

/** The editor counts as quiet after this long without a request. */
const quietMs = 2000;

/**
 * Reads while quiet what a suggestion had to do without, so that the next one has it. At most one text waits: the
 * one that the cursor is in. Every request stops the reading at its next block; checkpoints keep what was read.
 */
export class BackgroundReading {
  private waiting: ReadingPlan | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: AbortController | undefined;
  private enabled = true;

  constructor(
    private readonly host: () => ModelHost,
    private readonly log: Logger,
    private readonly onChange: () => void,
  ) {}

  get active(): boolean {
    return this.running !== undefined;
  }

  setEnabled(enabled: boolean): void {
    this.enabled = enabled;
    if (!enabled) this.stop();
  }

  /** A user's request begins: reading makes way, and goes on once it is quiet again. */
  pause(): void {
    this.running?.abort();
    clearTimeout(this.timer);
    if (this.waiting) this.arm();
  }

  /** @param plan what to read when quiet; nothing = the text that waited is of no use any more */
  wants(plan: ReadingPlan | undefined): void {
    this.waiting = this.enabled ? plan : undefined;
    clearTimeout(this.timer);
    if (this.waiting) this.arm();
  }

  /** Does not wait for a quiet moment; resolves when nothing waits. For programs that measure. */
  async readNow(): Promise<void> {
    clearTimeout(this.timer);
    while (this.waiting) await this.read();
  }

  stop(): void {
    this.waiting = undefined;
    clearTimeout(this.timer);
    this.running?.abort();
  }

  private arm(): void {
    this.timer = setTimeout(() => void this.read(), quietMs);
    this.timer.unref();
  }

  private async read(): Promise<void> {
    const plan = this.waiting;
    if (!plan || this.running) return;
    const abort = (this.running = new AbortController());
    this.onChange();
    const started = performance.now();
    try {
      const read = await this.host().use(async ({ model, checkpoints }) => {
        const resumed = await checkpoints.resume(plan.ids, plan.keepAt, {
          priority: Priority.Background,
          signal: abort.signal,
        });
        model.release(resumed.state);
        return resumed.tokensRead;
      });
      this.log.debug('Read while quiet', { tokens: read, ms: Math.round(performance.now() - started) });
      if (this.waiting === plan) this.waiting = undefined;
    } catch (error) {
      if (!isCancelled(error)) {
        this.log.warn('Background reading failed', { error: messageOf(error) });
        this.waiting = undefined;
      }
    } finally {
      this.running = undefined;
      this.onChange();
      // Another text may have come to wait while this one was read.
      if (this.waiting && this.waiting !== plan) this.arm();
    }
  }
}
