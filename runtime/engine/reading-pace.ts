import { blocks } from '../graph/blocks';

/** A block that was read, without the time that it waited for its turn. */
export interface TimedBlock {
  tokens: number;
  ms: number;
}

/** A keystroke waits for the block that is being read. */
const longestWaitMs = 50;

/** Blocks that are looked at: one alone may have been held up, as the first is by what the device prepares for it. */
const remembered = 3;

/**
 * Tokens of the next block that is read while nobody waits for it: as many as are read in `longestWaitMs`, as fast as the fastest of
 * the last blocks was. A short block is slower than a long one, so this comes nearer with each.
 * @param most tokens that a block has at most
 */
export function nextBlockTokens(recent: readonly TimedBlock[], most: number): number {
  if (most <= blocks.shortest || recent.length === 0) return Math.min(most, blocks.shortest);
  const tokensPerMs = Math.max(...recent.map(({ tokens, ms }) => tokens / ms));
  const wanted = longestWaitMs * tokensPerMs;
  return Math.max(blocks.shortest, Math.min(most, wanted - (wanted % blocks.multiple)));
}

/** The last blocks of those long enough to tell. */
export function remember(recent: readonly TimedBlock[], block: TimedBlock): readonly TimedBlock[] {
  return block.tokens < blocks.shortest ? recent : [...recent, block].slice(-remembered);
}
