import { greedySteps } from '../graph/greedy-graph';
import type { ChosenToken } from './sampling';

const mostRuns = 4;

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
