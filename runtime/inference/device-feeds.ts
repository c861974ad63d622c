/** What a run on a device is told of its state besides the state itself. No graph needs all of it. */
import { blocks } from '../graph/blocks';
import { keptOnDevice, names, type StateLayout } from '../graph/states';
import type { Session, Tensor } from './session';

/** Positions of the tokens that each window keeps, oldest first. */
export function slotFeeds(
  session: Session,
  { windows }: StateLayout,
  length: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const { window } of windows) {
    const slots = keptOnDevice(window, length);
    const positions = Float32Array.from({ length: slots }, (_, i) => length - slots + i);
    feeds[names.slots(window)] ??= session.float32(positions, [slots]);
  }
  return feeds;
}

/** How many tokens each window holds in a run of `steps`, each of which reads `count`. */
export function keptFeeds(
  session: Session,
  { windows }: StateLayout,
  length: number,
  count: number,
  steps: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const window of new Set(windows.map((each) => each.window))) {
    const held = Array.from(
      { length: steps },
      (_, step) => keptOnDevice(window, length + step * count) + count - 1,
    );
    feeds[names.kept(window)] = session.int32(held, [steps]);
    for (const [step, before] of held.entries())
      feeds[names.seen(window, step)] = session.int32([before + 1], []);
  }
  return feeds;
}

/** How many chunks a block has. */
export function chunkFeeds(session: Session, count: number): Record<string, Tensor> {
  const chunks = count / blocks.multiple;
  if (!Number.isInteger(chunks)) return {};
  return {
    [names.chunks]: session.int64(chunks, chunks + 1),
    [names.chunkStates]: session.int64(chunks + 1, chunks + 1),
  };
}
