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

/**
 * Called after each piece of work: above the ceiling the states of all models go first, then, one at a time, the models
 * that nothing runs with.
 */
export async function holdCeiling(hosts: readonly ModelHost[], limitMB: number): Promise<MemoryAction> {
  if (residentBytes() <= limitMB * 1e6) return 'none';
  const keeping = hosts.flatMap(({ current }) => (current && current.checkpoints.size > 1 ? [current] : []));
  if (keeping.length > 0) {
    for (const { checkpoints } of keeping) checkpoints.shrinkTo(0);
    return 'dropped-states';
  }
  for (const host of hosts) if (await host.unload()) return 'unloaded';
  return 'none';
}
