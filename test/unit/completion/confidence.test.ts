import { describe, expect, it } from 'vitest';
import { Confidence } from '../../../runtime/completion/confidence';

function value(tokens: [text: string, probability: number][]): number {
  const confidence = new Confidence();
  for (const [text, probability] of tokens) confidence.add(text, Math.log(probability));
  return confidence.value;
}

describe('Confidence', () => {
  it('is the product of the probabilities', () => {
    expect(value([])).toBe(1);
    expect(
      value([
        ['a', 0.5],
        [' b', 0.5],
      ]),
    ).toBeCloseTo(0.25);
  });

  it('ends with the first line that has text', () => {
    expect(
      value([
        ['a', 0.5],
        ['\n  ', 0.1],
        ['b', 0.1],
      ]),
    ).toBeCloseTo(0.5);
    expect(
      value([
        ['\n  ', 0.5],
        ['b', 0.5],
        ['\n', 0.1],
        ['c', 0.1],
      ]),
    ).toBeCloseTo(0.25);
    expect(
      value([
        ['a;\n', 0.5],
        ['b', 0.1],
      ]),
    ).toBeCloseTo(0.5);
  });

  it('counts tokens that complete a character later', () => {
    expect(
      value([
        ['', 0.5],
        ['é', 0.5],
        ['\n', 0.1],
      ]),
    ).toBeCloseTo(0.25);
  });
});
