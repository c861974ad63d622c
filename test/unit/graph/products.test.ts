import { describe, expect, test } from 'vitest';
import { storedBlocks } from '../../../runtime/graph/products/blocks';
import { storedU8 } from '../../../runtime/graph/products/row-scaled-u8';
import { matrix, stacked } from '../../../runtime/graph/stored-tensors';

const rows = 3;
const columns = 64;
/** Rows of very different size, one of them all zero. */
const source = Float32Array.from({ length: rows * columns }, (_, i) => {
  const row = Math.floor(i / columns);
  return row === 1 ? 0 : Math.sin(i * 1.7) * (row === 0 ? 0.01 : 30);
});
const read = () => source;
const weights = matrix('w', rows, columns);

test('u8: every weight comes back within half a step of its row', () => {
  const { values, scales } = storedU8(weights);
  expect([values.shape, scales.shape]).toEqual([[columns, rows], [rows]]);
  const [data, scale] = [values.make(read) as Uint8Array, scales.make(read) as Float32Array];
  for (let n = 0; n < rows; n++)
    for (let k = 0; k < columns; k++) {
      const restored = (data[k * rows + n]! - 128) * scale[n]!;
      expect(Math.abs(restored - source[n * columns + k]!)).toBeLessThanOrEqual(scale[n]! / 2 + 1e-6);
    }
  // 0 would be -128, which has no opposite; the products' sums rely on values from -127 to 127.
  expect(Math.min(...data)).toBeGreaterThanOrEqual(1);
});

describe.each([4, 8] as const)('%s bits in blocks', (bits) => {
  const block = 32;
  const { values, scales } = storedBlocks(weights, bits, block);
  const [data, scale] = [values.make(read) as Uint8Array, scales.make(read) as Float32Array];
  const stored = (i: number) => (bits === 8 ? data[i]! : (data[i >> 1]! >> (4 * (i & 1))) & 15);

  test('every weight comes back within a step of its block', () => {
    expect(values.shape).toEqual([rows, columns / block, (block * bits) / 8]);
    expect(data.length).toBe((rows * columns * bits) / 8);
    for (let i = 0; i < source.length; i++) {
      const step = Math.abs(scale[Math.floor(i / block)]!);
      const restored = (stored(i) - 2 ** (bits - 1)) * scale[Math.floor(i / block)]!;
      expect(Math.abs(restored - source[i]!)).toBeLessThanOrEqual(step + 1e-6);
    }
  });

  test('the weight of largest size comes back exactly', () => {
    for (let b = 0; b < scale.length; b++) {
      const part = [...source.subarray(b * block, (b + 1) * block)];
      const extreme = part.reduce((a, c) => (Math.abs(c) > Math.abs(a) ? c : a), 0);
      const at = b * block + part.indexOf(extreme);
      if (extreme !== 0) expect((stored(at) - 2 ** (bits - 1)) * scale[b]!).toBeCloseTo(extreme, 4);
    }
  });
});

test('stacked matrices are one, row after row, each with its factor', () => {
  const tensors: Record<string, Float32Array> = { a: Float32Array.of(1, 2), b: Float32Array.of(3, 4, 5, 6) };
  const both = stacked('both', [matrix('a', 1, 2, 0.5), matrix('b', 2, 2)]);
  expect(both).toMatchObject({ rows: 3, columns: 2 });
  expect([...both.load((name) => tensors[name]!)]).toEqual([0.5, 1, 3, 4, 5, 6]);
});
