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

function rotationFeeds(
  session: Session,
  layout: StateLayout,
  at: number,
  count: number,
): Record<string, Tensor> {
  const tables = rotationTables(layout, at, count);
  const named = layout.rotations.flatMap(({ name, frequencies }, i) =>
    ['cos', 'sin'].map((part, j): [string, Tensor] => [
      `${name}.${part}`,
      session.float32(tables[2 * i + j]!, [count, frequencies.length]),
    ]),
  );
  return Object.fromEntries(named);
}

/** Rotary positions for `count` tokens, the first of them at position `at`: of each rotation cosines and sines [count, frequencies]. */
export function rotationTables({ rotations }: StateLayout, at: number, count: number): Float32Array[] {
  return rotations.flatMap(({ frequencies }) => {
    const angles = anglesOf(frequencies, at, count);
    return [angles.map(Math.cos), angles.map(Math.sin)];
  });
}

/** Position after position, each times every frequency; rounded where the models' own code rounds. */
function anglesOf(frequencies: readonly number[], from: number, count: number): Float32Array {
  const angles = new Float32Array(count * frequencies.length);
  for (let t = 0; t < count; t++)
    for (const [i, frequency] of frequencies.entries())
      angles[t * frequencies.length + i] = (from + t) * Math.fround(frequency);
  return angles;
}
