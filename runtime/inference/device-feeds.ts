/** What a run on a device is told of its state besides the state itself. No graph needs all of it. */
import { blocks } from '../graph/blocks';
import { keptOnDevice, names, type StateLayout } from '../graph/states';
import { kindsOf, stepColumns, tokenColumns } from '../graph/told';
import type { Session, Tensor } from './session';
import { rotationTables } from './token-feeds';

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

/** What a run that reads `ids` is told of each, the first of them at position `at`. */
export function toldTokens(
  session: Session,
  layout: StateLayout,
  at: number,
  ids: readonly number[],
): Record<string, Tensor> {
  const columns = [
    ids,
    ids.map((_, i) => at + i),
    ...rotationTables(layout, at, ids.length),
    ...kindsOf(layout).map((window) => ids.map(() => keptOnDevice(window, at) + ids.length - 1)),
  ];
  const sizes = tokenColumns(layout).map(({ size }) => size);
  return {
    [names.tokens]: rowsOf(session, ids.length, columns, sizes),
    ...seenFeeds(session, layout, at, ids.length, 1),
  };
}

/** What `runs` of `steps` tokens each are told, the first of which is at position `at`. */
export function toldSteps(
  session: Session,
  layout: StateLayout,
  at: number,
  runs: number,
  steps: number,
): Record<string, Tensor> {
  const columns = stepColumns(layout, steps);
  if (columns.length === 0) return {};
  const values = [
    ...rotationTables(layout, at, runs * steps),
    ...kindsOf(layout).map((window) =>
      Array.from({ length: runs * steps }, (_, step) => keptOnDevice(window, at + step)),
    ),
  ];
  return {
    [names.steps]: rowsOf(
      session,
      runs,
      values,
      columns.map(({ size }) => size),
    ),
  };
}

/** How many tokens each window holds in each of `steps`, which read `count` tokens. */
export function seenFeeds(
  session: Session,
  layout: StateLayout,
  at: number,
  count: number,
  steps: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const window of kindsOf(layout))
    for (let step = 0; step < steps; step++) {
      const seen = keptOnDevice(window, at + step * count) + count;
      feeds[names.seen(window, step)] = session.int32([seen], [1]);
    }
  return feeds;
}

/** float32 [rows, columns], from the columns one by one, each of which holds all of its rows. */
function rowsOf(
  session: Session,
  rows: number,
  columns: readonly ArrayLike<number>[],
  sizes: readonly number[],
): Tensor {
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const all = new Float32Array(rows * width);
  let offset = 0;
  for (const [i, size] of sizes.entries()) {
    const values = columns[i]!;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < size; column++)
        all[row * width + offset + column] = values[row * size + column]!;
    offset += size;
  }
  return session.float32(all, [rows, width]);
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
