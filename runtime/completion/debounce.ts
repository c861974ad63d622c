/**
 * How long to wait after a key before asking. A request that the next key overtakes is work for nothing, and one
 * that waits too long feels slow; which of the two threatens depends on how fast this user types and how fast this
 * machine answers, so both are measured.
 */

/** Never less: keys of one burst (a pasted word, an accepted suggest item) come within this time. */
export const MIN_DELAY_MS = 20;
/** Never more: a pause that long is noticed. */
export const MAX_DELAY_MS = 250;
/** Before anything was measured. */
export const FIRST_DELAY_MS = 75;

/** Gaps beyond this are pauses for thought, not typing. */
const LONGEST_GAP_MS = 1000;
/** Weight of the newest measurement. */
const SMOOTHING = 0.25;
/** A gap this much longer than usual means that the burst has ended. */
const END_OF_BURST = 1.3;

export class AdaptiveDebounce {
  #lastKey: number | undefined;
  #gap: number | undefined;
  #latency: number | undefined;
  /** First key since the last request: under steady typing no wait may start over for ever. */
  #waitingSince: number | undefined;

  /** A key was pressed. */
  key(now: number): void {
    const gap = this.#lastKey === undefined ? undefined : now - this.#lastKey;
    this.#lastKey = now;
    if (gap === undefined || gap > LONGEST_GAP_MS) this.#waitingSince = now;
    else this.#waitingSince ??= now;
    if (gap !== undefined && gap > 0 && gap <= LONGEST_GAP_MS) this.#gap = smooth(this.#gap, gap);
  }

  /** A request was made. */
  asked(): void {
    this.#waitingSince = undefined;
  }

  /** The engine took that long for an answer. */
  answered(ms: number): void {
    this.#latency = smooth(this.#latency, ms);
  }

  get latency(): number | undefined {
    return this.#latency;
  }

  /** Milliseconds to wait. On a fresh line nothing is being typed yet, so that there is nothing to wait for. */
  delay(atLineStart: boolean): number {
    if (atLineStart) return MIN_DELAY_MS;
    if (this.#gap === undefined || this.#latency === undefined) return FIRST_DELAY_MS;
    // The answer comes before the next key: asking at once costs nothing that would not be used.
    if (this.#latency + MIN_DELAY_MS < this.#gap) return MIN_DELAY_MS;
    const waited = (this.#lastKey ?? 0) - (this.#waitingSince ?? this.#lastKey ?? 0);
    return Math.max(MIN_DELAY_MS, Math.min(MAX_DELAY_MS - waited, this.#gap * END_OF_BURST));
  }
}

function smooth(average: number | undefined, value: number): number {
  return average === undefined ? value : average + SMOOTHING * (value - average);
}
