import type { ModelHost } from './model-host';

/** Main memory of this process, in bytes. */
export function residentBytes(): number {
  return process.memoryUsage.rss();
}

/**
 * Share of the ceiling that kept states may take. The rest is for the runtime itself, the weights, and the scratch
 * memory of a block.
 */
const statesShare = 1 / 10;

export function statesLimitBytes(limitMB: number): number {
  return limitMB * 1e6 * statesShare;
}

/** What was done to stay under the ceiling. */
export type MemoryAction = 'none' | 'dropped-states' | 'unloaded';

/** Called after each piece of work: above the ceiling states go first, then, if nothing runs, the model. */
export async function holdCeiling(host: ModelHost, limitMB: number): Promise<MemoryAction> {
  if (residentBytes() <= limitMB * 1e6) return 'none';
  const loaded = host.current;
  if (!loaded) return 'none';
  if (loaded.checkpoints.size > 1) {
    loaded.checkpoints.shrinkTo(0);
    return 'dropped-states';
  }
  return (await host.unload()) ? 'unloaded' : 'none';
}
