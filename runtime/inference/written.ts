import { greedySteps } from '../graph/greedy-graph';
import { names, type StateLayout } from '../graph/states';
import { stepColumns, widthOf } from '../graph/told';
import type { ChosenToken } from './sampling';

export const mostRuns = 4;

/**
 * Runs that choose tokens one behind the other before anything of them is looked at. Looking waits for the device, which then waits
 * for the next run; but where the text ends in between, what was chosen behind it was for nothing: at most a quarter of what
 * is written already is risked.
 * @param written tokens that were written since the last that were given
 * @param most tokens that are wanted
 */
export function runsAtOnce(written: number, most: number): number {
  const risked = Math.floor(written / (4 * greedySteps));
  return Math.max(1, Math.min(mostRuns, risked, Math.floor(most / greedySteps)));
}

/** What runs of the greedy graph have `written`: see `names.written`. */
export function chosenTokens(written: Float32Array): ChosenToken[] {
  return Array.from({ length: written.length / 2 }, (_, i) => {
    const at = i + Math.floor(i / greedySteps) * greedySteps;
    return { id: written[at]!, logProbability: Math.log(written[at + greedySteps]!) };
  });
}

/**
 * Shapes of what a greedy run leaves on the device besides the state, by the outputs that give it.
 * @param runs in a row, with this one
 * @param left runs behind it that are known to come
 */
export function writtenShapes(
  layout: StateLayout,
  vocabulary: number,
  runs: number,
  left: number,
): Record<string, readonly number[]> {
  const columns = stepColumns(layout, greedySteps);
  return {
    [names.lastLogits]: [1, vocabulary],
    [`${names.first}.next`]: [1, 1],
    [`${names.written}.next`]: [1, runs * 2 * greedySteps],
    ...(columns.length > 0 && { [`${names.steps}.next`]: [left, widthOf(columns)] }),
  };
}
