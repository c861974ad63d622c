import { names, type StateLayout } from '../graph/states';
import type { Session, Tensor } from './session';

/** What a run is told of the tokens that it reads, the first of them at position `at`. */
export function tokenFeeds(
  session: Session,
  { rotations }: StateLayout,
  at: number,
  ids: readonly number[],
  wanted: number,
): Record<string, Tensor> {
  const positions = Float32Array.from(ids, (_, i) => at + i);
  const feeds: Record<string, Tensor> = {
    [names.ids]: session.int64(...ids),
    [names.positions]: session.float32(positions, [ids.length]),
    [names.wantedFrom]: session.int64(-wanted),
    [names.readFrom]: session.int64(-ids.length),
  };
  for (const { name, frequencies } of rotations) {
    const angles = anglesOf(frequencies, at, ids.length);
    const shape = [ids.length, frequencies.length];
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
