/** Spaces are made in multiples of so many tokens. */
const tokensAtATime = 256;

/** Tokens that a new space for `tokens` has room for: an eighth more, so that making it costs each token that is added later little. */
export function roomyFor(tokens: number): number {
  return Math.ceil((tokens * 9) / 8 / tokensAtATime) * tokensAtATime;
}

/**
 * Room for the keys and values of a text, which states share that have read its beginning. Each holds the first tokens of it, and who
 * holds all that are there may add more in place: none of the others sees them. Once a state lets go, the tokens that it alone held are
 * room again.
 */
export class CacheSpace<Content> {
  /** Tokens that each holder holds. */
  private readonly held: number[] = [];

  /**
   * @param tokens that there is room for
   * @param content whatever the space is made of
   */
  constructor(
    readonly tokens: number,
    readonly content: Content,
  ) {}

  get holders(): number {
    return this.held.length;
  }

  /** Whether a holder of `length` tokens may write `count` more behind them. */
  takes(length: number, count: number): boolean {
    return length + count <= this.tokens && this.held.every((tokens) => tokens <= length);
  }

  hold(length: number): void {
    this.held.push(length);
  }

  /** @returns whether nobody holds anything of it any more */
  letGo(length: number): boolean {
    const at = this.held.indexOf(length);
    if (at < 0) throw new Error(`Nobody holds ${length} tokens of this space`);
    this.held.splice(at, 1);
    return this.held.length === 0;
  }
}
