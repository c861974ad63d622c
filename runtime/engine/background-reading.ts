import { setImmediate } from 'node:timers/promises';
import { Priority } from '../inference/language-model';
import { isCancelled, messageOf } from '../protocol/errors';
import type { Logger } from './log';
import type { ModelHost } from './model-host';
import type { ReadingPlan } from './reading-plan';
import { maySaveText } from './saved-states';

/** The editor counts as quiet after this long without a request. */
const quietMs = 2000;
/** What was read is brought to disk after this long: each state is some MB, and typing makes ever new ones. */
const saveMs = 10_000;
/** Documents whose reading waits; beyond that the one that was wanted first is forgotten. */
const longestQueue = 32;

/** Something worth having read. */
export interface Wish extends ReadingPlan {
  scope: string;
  /** At once, as it is little and the next key needs it; else when it has been quiet for a while. */
  soon: boolean;
  /** Called when all of it is read. */
  done?: () => void;
}

/**
 * Reads ahead, so that a suggestion need not: what the last one had to do without, what the cursor came to rest on, the files
 * that were worked on last. Newest first, and a few blocks at a time: every request stops it at the next block, and checkpoints
 * keep what was read. While nothing waits there is no timer.
 */
export class BackgroundReading {
  /** By document, the newest last. */
  private readonly wishes = new Map<string, Wish[]>();
  private timer: NodeJS.Timeout | undefined;
  private running: AbortController | undefined;
  private requests = 0;
  private quietSince = performance.now();
  private on = true;

  constructor(
    private readonly host: () => ModelHost,
    private readonly log: Logger,
    private readonly onChange: () => void,
  ) {}

  get active(): boolean {
    return this.running !== undefined;
  }

  get enabled(): boolean {
    return this.on;
  }

  setEnabled(enabled: boolean): void {
    this.on = enabled;
    if (!enabled) this.stop();
  }

  /** A user's request begins: reading makes way until it has ended. */
  begin(): void {
    this.requests++;
    this.running?.abort();
    clearTimeout(this.timer);
  }

  end(): void {
    this.requests--;
    this.quietSince = performance.now();
    this.arm();
  }

  /** What is worth having read of a document, in this order, instead of what was before. */
  wants(document: string, wishes: Wish[]): void {
    this.forget(document);
    if (!this.on || wishes.length === 0) return;
    this.wishes.set(document, wishes);
    const [oldest] = this.wishes.keys();
    if (this.wishes.size > longestQueue) this.wishes.delete(oldest!);
    this.arm();
  }

  /** The document was changed or closed: what was wanted of it is of no use any more. */
  forget(document: string): void {
    this.wishes.delete(document);
  }

  /** Does not wait for a quiet moment; resolves when nothing waits. For programs that measure. */
  async readNow(): Promise<void> {
    // What an answer leaves to be read is told once it is on its way.
    await setImmediate();
    clearTimeout(this.timer);
    for (let next = this.next(true); next; next = this.next(true)) await this.read(next.document, next.wish);
  }

  stop(): void {
    this.wishes.clear();
    clearTimeout(this.timer);
    this.running?.abort();
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (!this.on || this.requests > 0 || this.running) return;
    if (this.next(false)) this.after(0);
    else if (this.wishes.size > 0) this.after(quietMs);
    else if (this.host().current?.checkpoints.hasUnsaved) this.after(saveMs);
  }

  /** @param quiet ms without a request that must have passed */
  private after(quiet: number): void {
    const passed = performance.now() - this.quietSince;
    this.timer = setTimeout(() => void this.work(), Math.max(0, quiet - passed));
    this.timer.unref();
  }

  private async work(): Promise<void> {
    if (this.running || this.requests > 0) return;
    const quiet = performance.now() - this.quietSince >= quietMs - 1;
    const next = this.next(quiet);
    if (next) await this.read(next.document, next.wish);
    else if (this.wishes.size === 0) await this.save();
    this.arm();
  }

  /** What to read next: what is wanted soon before what can wait, each the newest document first. */
  private next(quiet: boolean): { document: string; wish: Wish } | undefined {
    const newestFirst = [...this.wishes].reverse();
    for (const soon of quiet ? [true, false] : [true])
      for (const [document, [wish]] of newestFirst) if (wish?.soon === soon) return { document, wish };
    return undefined;
  }

  private async read(document: string, wish: Wish): Promise<void> {
    const started = performance.now();
    const tokens = await this.run('Background reading failed', (signal) =>
      this.host().use(async ({ model, checkpoints }) => {
        const work = { priority: Priority.Background, signal };
        const { state, tokensRead } = await checkpoints.resume(wish.scope, wish.ids, wish.keep, work);
        model.release(state);
        return tokensRead;
      }),
    );
    // Made way for a request: it waits on.
    if (tokens === 'cancelled') return;
    const wishes = this.wishes.get(document);
    if (wishes?.[0] === wish) {
      wishes.shift();
      if (wishes.length === 0) this.wishes.delete(document);
    }
    if (tokens === 'failed') return;
    if (tokens > 0) this.log.debug('Read ahead', { tokens, ms: Math.round(performance.now() - started) });
    wish.done?.();
  }

  private async save(): Promise<void> {
    const { current } = this.host();
    if (!current) return;
    const states = await this.run('States were not saved', (signal) =>
      current.checkpoints.persist({ priority: Priority.Background, signal }, maySaveText),
    );
    if (typeof states === 'number' && states > 0) this.log.debug('Saved while quiet', { states });
  }

  private async run<T>(
    failure: string,
    job: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | 'cancelled' | 'failed'> {
    const abort = (this.running = new AbortController());
    this.onChange();
    try {
      return await job(abort.signal);
    } catch (error) {
      if (isCancelled(error)) return 'cancelled';
      this.log.warn(failure, { error: messageOf(error) });
      return 'failed';
    } finally {
      this.running = undefined;
      this.onChange();
    }
  }
}
