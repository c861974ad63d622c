/** Runs of many tokens, which the GPU reads by a graph of their own: whole numbers of `multiple`. */
export const blocks = { multiple: 64, shortest: 512, longest: 2048 };

/** Tokens read in one run. The GPU is no sooner done with a few than with many. */
export function blockTokensOn(provider: string): number {
  return provider === 'webgpu' ? blocks.longest : 64;
}

/** How many of the first of `count` tokens are read as a block; 0 where they are too few. */
export function blockOf(count: number): number {
  const most = Math.min(count, blocks.longest);
  return most < blocks.shortest ? 0 : most - (most % blocks.multiple);
}
