import { expect, test } from 'vitest';
import { logSumExp } from '../../../runtime/inference/log-sum-exp';
import { seededRandom } from '../../../runtime/models/seeded-random';

function exactly(logits: Float32Array): number {
  const largest = Math.max(...logits);
  return largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}

test.each([0.001, 1, 10, 100])('it is right to 1e-5 for logits that spread over %d', (spread) => {
  const random = seededRandom(7);
  for (let run = 0; run < 20; run++) {
    const logits = Float32Array.from({ length: 2000 }, () => (random() + random() - 1) * spread);
    expect(Math.abs(logSumExp(logits, Math.max(...logits)) - exactly(logits))).toBeLessThan(1e-5);
  }
});

test('large, equal and impossible logits', () => {
  expect(logSumExp(Float32Array.of(1000, 1000), 1000)).toBeCloseTo(1000 + Math.log(2), 5);
  expect(logSumExp(Float32Array.of(3, -Infinity), 3)).toBeCloseTo(3, 5);
  expect(logSumExp(Float32Array.of(-5), -5)).toBeCloseTo(-5, 5);
});
