import type { StateLayout } from './states';

/** Runs of many tokens, which the GPU reads by a graph of their own: whole numbers of `multiple`. */
export const blocks = { multiple: 64, shortest: 512, longest: 2048 };

/** On the CPU, where more in a run gain nothing and a keystroke waits for it. */
export const cpuBlock = 64;

/**
 * Tokens that one run takes at most. The GPU is no sooner done with a few than with many: striped-76m, with windows of 512 and 4,096,
 * reads 27,000 tokens/s in blocks of 512 and 48,000 in blocks of 2,048 on an H100.
 */
export function blockTokens({ onDevice }: Pick<StateLayout, 'onDevice'>): number {
  return onDevice ? blocks.longest : cpuBlock;
}

/** How many of the first of `count` tokens are read as a block; 0 where they are too few. */
export function blockOf(count: number): number {
  const most = Math.min(count, blocks.longest);
  return most < blocks.shortest ? 0 : most - (most % blocks.multiple);
}
