import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../../runtime/state/half';

const largest = 65504;

describe('half precision', () => {
  it('gives every half back exactly', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
    const finite = all.filter((half) => (half & 0x7c00) !== 0x7c00);
    expect(toHalf(fromHalf(finite))).toEqual(finite);
    expect([...fromHalf(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400))]).toEqual([
      1,
      -2,
      largest,
      2 ** -24,
      2 ** -14,
    ]);
  });

  it('takes the nearest half, and of two the even one', () => {
    const number = fc.float({ min: -largest, max: largest, noNaN: true });
    const neighbours = (half: number) =>
      [half - 1, half, half + 1].filter((each) => (each & 0x7c00) !== 0x7c00);
    fc.assert(
      fc.property(number, (value) => {
        const half = toHalf(Float32Array.of(value))![0]!;
        const error = (other: number) => Math.abs(fromHalf(Uint16Array.of(other))[0]! - value);
        for (const other of neighbours(half & 0x7fff).map((each) => (half & 0x8000) | (each & 0x7fff))) {
          expect(error(half)).toBeLessThanOrEqual(error(other));
          if (other !== half && error(half) === error(other) && value !== 0) expect(half & 1).toBe(0);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('has none for what it cannot hold', () => {
    for (const value of [NaN, Infinity, -Infinity, 65520, 1e6])
      expect(toHalf(Float32Array.of(1, value))).toBeUndefined();
    expect(toHalf(Float32Array.of(65519))).toEqual(Uint16Array.of(0x7bff));
  });
});
