/** Milliseconds without any window. */
export interface Patience {
  /** From the engine's start: the window that started it is gone. */
  untilFirst: number;
  /** After a window closed: it may be one that is loaded anew. */
  afterLast: number;
}

export const defaultPatience: Patience = { untilFirst: 10_000, afterLast: 1_500 };

/** An engine lives as long as windows use it: counts them, and says once when it is to end. */
export class Lifetime {
  private windows = 0;
  private over = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly patience: Patience,
    private readonly onOver: () => void,
  ) {
    this.arm(patience.untilFirst);
  }

  join(): void {
    this.windows++;
    clearTimeout(this.timer);
  }

  leave(): void {
    this.windows--;
    if (this.windows === 0) this.arm(this.patience.afterLast);
  }

  /** Ends at once, whoever is still there. */
  end(): void {
    clearTimeout(this.timer);
    if (this.over) return;
    this.over = true;
    this.onOver();
  }

  private arm(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), ms);
  }
}
