import { expect, test } from 'vitest';
import { argmax, chooseToken, logProbability } from '../../../runtime/inference/sampling';
import { seededRandom } from '../../../runtime/models/seeded-random';

const logits = Float32Array.from([0.5, 0.1, 0.3, 0.1], Math.log);
const counts = (temperature: number, topP: number) => {
  const random = seededRandom(1);
  const seen = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++)
    seen[chooseToken(logits, { temperature, topP, random: random() }).id]! += 1 / 4000;
  return seen;
};

test('temperature 0 takes the likeliest, the first of equals', () => {
  expect(chooseToken(logits, { temperature: 0, topP: 1, random: 0.99 }).id).toBe(0);
  expect(argmax(Float32Array.of(1, 3, 3))).toBe(1);
});

test('log-probabilities are those at temperature 1, however it was drawn', () => {
  const chosen = chooseToken(logits, { temperature: 5, topP: 1, random: 0.999999 });
  expect(chosen.id).toBe(3);
  expect(chosen.logProbability).toBeCloseTo(Math.log(0.1), 5);
  expect(logProbability(logits, 2)).toBeCloseTo(Math.log(0.3), 5);
});

test('tokens are drawn as often as they are likely', () => {
  for (const [i, share] of counts(1, 1).entries()) expect(share).toBeCloseTo([0.5, 0.1, 0.3, 0.1][i]!, 1);
});

test('top-p draws from the likeliest only', () => {
  const seen = counts(1, 0.75);
  expect([seen[1], seen[3]]).toEqual([0, 0]);
  expect(seen[0]! / seen[2]!).toBeCloseTo(5 / 3, 0);
  expect(counts(1, 0.01)[0]).toBeCloseTo(1, 6);
});

test('a low temperature sharpens', () => {
  expect(counts(0.2, 1)[0]).toBeGreaterThan(0.9);
});

test('a seed gives the same numbers, all in [0, 1)', () => {
  const [a, b] = [seededRandom(3), seededRandom(3)];
  const numbers = Array.from({ length: 1000 }, () => a());
  expect(numbers).toEqual(Array.from({ length: 1000 }, () => b()));
  expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(numbers.reduce((sum, value) => sum + value) / 1000).toBeCloseTo(0.5, 1);
});
