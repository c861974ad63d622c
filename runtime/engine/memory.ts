import { UserError } from '../protocol/errors';
import type { LoadedModel, ModelHost } from './model-host';

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
 * that nothing runs with, encoders before those that write.
 */
export async function holdCeiling(
  hosts: readonly ModelHost[],
  limitMB: number,
  encoders: readonly { unload(): Promise<boolean> }[] = [],
): Promise<MemoryAction> {
  if (residentBytes() <= limitMB * 1e6) return 'none';
  if (dropStates(hosts)) return 'dropped-states';
  for (const host of [...encoders, ...hosts]) if (await host.unload()) return 'unloaded';
  return 'none';
}

/**
 * Called before an encoder is loaded. Nothing makes way for it: what is kept of texts that are being worked on is worth more.
 * @throws UserError
 */
export function requireRoom(model: string, bytes: number, limitMB: number): void {
  if (residentBytes() + bytes <= limitMB * 1e6) return;
  throw new UserError(
    `${model} needs ${Math.ceil(bytes / 1e6)} MB, for which the memory limit of ${limitMB} MB leaves no room. ` +
      'Raise "longview.engine.memoryLimit", or choose a smaller encoder.',
  );
}

/**
 * Called before each block of a text that a model keeps all of, since one long text alone can pass the ceiling. What is kept of
 * others goes first; then the reading ends.
 * @param bytes that the block makes the state grow by
 * @throws UserError
 */
export function checkGrowth(
  model: string,
  bytes: number,
  hosts: readonly ModelHost[],
  limitMB: number,
): void {
  if (residentBytes() + onDevices(hosts) + bytes <= limitMB * 1e6 || dropStates(hosts)) return;
  throw new UserError(
    `${model} keeps every token that it reads, and the memory limit of ${limitMB} MB is reached. ` +
      'Raise "longview.engine.memoryLimit", or choose a model that keeps less.',
  );
}

/** Bytes of states on graphics cards, which are not among this process's own. */
function onDevices(hosts: readonly ModelHost[]): number {
  const models = hosts.flatMap(({ current }) => current?.model ?? []);
  return models
    .filter(({ info }) => info.provider === 'webgpu')
    .reduce((sum, model) => sum + model.stateBytesHeld(), 0);
}

/** Of a process that probes, besides the weights. */
const probeBytes = 200e6;

/** A model is loaded once more to be probed: why there is no room for that; undefined where there is. */
export function lacksRoomToProbe({ current }: ModelHost, limitMB: number): string | undefined {
  if (!current) return undefined;
  // The runtime lays weights out anew beside those that it reads.
  const needed = residentBytes() + 2 * current.model.info.weightBytes + probeBytes;
  if (needed <= limitMB * 1e6) return undefined;
  return (
    `Probing would take Longview to ${Math.round(needed / 1e6)} MB, above its limit of ${limitMB} MB. ` +
    'Raise "longview.engine.memoryLimit", or run "Longview: Check Graphics Card Again".'
  );
}

/** Answers whether there were any. The one of each model that was used last stays. */
function dropStates(hosts: readonly ModelHost[]): boolean {
  const keeping = hosts.flatMap(({ current }): LoadedModel[] =>
    current && current.checkpoints.size > 1 ? [current] : [],
  );
  for (const { checkpoints } of keeping) checkpoints.shrinkTo(0);
  return keeping.length > 0;
}
