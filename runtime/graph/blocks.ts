import type { StateLayout } from './states';

/** Runs of many tokens, which the GPU reads by a graph of their own: whole numbers of `multiple`. */
export const blocks = { multiple: 64, shortest: 512, longest: 2048 };

/** On the CPU, where more in a run gain nothing and a keystroke waits for it. */
export const cpuBlock = 64;

/**
 * Tokens that one run takes at most. The GPU is no sooner done with a few than with many. But a block's attention is worked out over
 * the window and the whole block, so behind a window long blocks cost more than they save: 16,500 tokens/s in blocks of 2,048
 * against 27,000 in blocks of 512 (windows of 512 and 4,096 on an H100). Where there is none they save: 34,000 against 15,000
 * for Mamba-2.
 */
export function blockTokens({
  onDevice,
  windows,
  longestRun,
}: Pick<StateLayout, 'onDevice' | 'windows' | 'longestRun'>): number {
  const windowed = windows.some(({ window }) => Number.isFinite(window));
  const fastest = windowed ? blocks.shortest : blocks.longest;
  return Math.min(onDevice ? fastest : cpuBlock, longestRun);
}

/** How many of the first of `count` tokens are read as a block of at most `longest`; 0 where they are too few. */
export function blockOf(count: number, longest: number): number {
  const most = Math.min(count, longest);
  return most < blocks.shortest ? 0 : most - (most % blocks.multiple);
}
