import { expect, test } from 'vitest';
import { greedySteps } from '../../../runtime/graph/greedy-graph';
import { chosenTokens, runsAtOnce } from '../../../runtime/inference/written';

test('short texts wait after each run, long ones risk a quarter of what is written', () => {
  expect([0, 12, 16, 31].map((written) => runsAtOnce(written, 1000))).toEqual([1, 1, 1, 1]);
  expect([32, 48, 64, 5000].map((written) => runsAtOnce(written, 1000))).toEqual([2, 3, 4, 4]);
  for (let written = 2 * 4 * greedySteps; written < 200; written++)
    expect(runsAtOnce(written, 1000) * greedySteps).toBeLessThanOrEqual(written / 4);
});

test('no more is written than is wanted', () => {
  expect([4, 7, 8, 11, 12, 16].map((most) => runsAtOnce(1000, most))).toEqual([1, 1, 2, 2, 3, 4]);
});

test('each run has its ids, then their probabilities', () => {
  const tokens = chosenTokens(Float32Array.of(7, 8, 9, 10, 1, 0.5, 0.25, 1, 70000, 1, 2, 3, 0.5, 1, 1, 1));
  expect(tokens.map(({ id }) => id)).toEqual([7, 8, 9, 10, 70000, 1, 2, 3]);
  expect(tokens[2]!.logProbability).toBeCloseTo(Math.log(0.25), 6);
  expect(tokens[4]!.logProbability).toBeCloseTo(Math.log(0.5), 6);
});
