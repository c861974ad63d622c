import { names, type StateLayout } from '../graph/states';
import type { Session, Tensor } from './session';

/** What a run is told of the tokens that it reads, the first of them at position `at`. */
export function tokenFeeds(
  session: Session,
  layout: StateLayout,
  at: number,
  ids: readonly number[],
  wanted: number,
): Record<string, Tensor> {
  const positions = Float32Array.from(ids, (_, i) => at + i);
  return {
    [names.ids]: session.int64(...ids),
    [names.positions]: session.float32(positions, [ids.length]),
    [names.wantedFrom]: session.int64(-wanted),
    [names.readFrom]: session.int64(-ids.length),
    ...rotationFeeds(session, layout, at, ids.length),
  };
}

/** Rotary positions' tables for `count` tokens, the first of them at position `at`. */
export function rotationFeeds(
  session: Session,
  { rotations }: StateLayout,
  at: number,
  count: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, frequencies } of rotations) {
    const angles = anglesOf(frequencies, at, count);
    const shape = [count, frequencies.length];
    feeds[`${name}.cos`] = session.float32(angles.map(Math.cos), shape);
    feeds[`${name}.sin`] = session.float32(angles.map(Math.sin), shape);
  }
  return feeds;
}

/** Position after position, each times every frequency; rounded where the models' own code rounds. */
function anglesOf(frequencies: readonly number[], from: number, count: number): Float32Array {
  const angles = new Float32Array(count * frequencies.length);
  for (let t = 0; t < count; t++)
    for (const [i, frequency] of frequencies.entries())
      angles[t * frequencies.length + i] = (from + t) * Math.fround(frequency);
  return angles;
}
