import { greedySteps } from '../graph/greedy-graph';
import { names } from '../graph/states';
import type { ChosenToken } from './sampling';

export const mostRuns = 4;

/** From one greedy run to the next. */
export const passedOn = [names.first, names.written];

/** What a greedy run leaves on the device besides the state. */
export const writtenOutputs = [names.lastLogits, ...passedOn.map((name) => `${name}.next`)];

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

/** The shapes of that, of the `runs`-th run in a row. */
export function writtenShapes(vocabulary: number, runs: number): Record<string, readonly number[]> {
  return {
    [names.lastLogits]: [1, vocabulary],
    [`${names.first}.next`]: [1, 1],
    [`${names.written}.next`]: [1, runs * 2 * greedySteps],
  };
}
