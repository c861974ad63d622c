import { expect, test } from 'vitest';
import { float32Product } from '../../../runtime/graph/products/float32';
import { storedBlocks } from '../../../runtime/graph/products/blocks';
import { storedU8 } from '../../../runtime/graph/products/row-scaled-u8';
import { GraphBuilder } from '../../../runtime/graph/builder';
import {
  matrix,
  rowBlocks,
  stacked,
  type Matrix,
  type ReadTensor,
} from '../../../runtime/graph/stored-tensors';

/** Compares bytes: number by number it would take minutes. */
const same = (a: ArrayBufferView, b: ArrayBufferView) =>
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;

/** More rows of this size than are read at a time. */
const columns = 1 << 15;
const rows = 300;
const values = Float32Array.from(
  { length: rows * columns },
  (_, i) => ((i * 2654435761) % 1000) / 1000 - 0.5,
);
const read: ReadTensor = (name, from = 0, to = values.length) => {
  expect(name).toBe('w');
  return values.slice(from, to);
};
const inParts = matrix('w', rows, columns);
const whole: Matrix = { name: 'w', rows, columns, load: inParts.load };

test('a matrix read in blocks of rows is stored as one read whole', () => {
  expect([...rowBlocks(inParts, read)].map(({ first }) => first)).toEqual([0, 128, 256]);
  expect(same(storedU8(inParts).values.make(read), storedU8(whole).values.make(read))).toBe(true);
  expect(same(storedU8(inParts).scales.make(read), storedU8(whole).scales.make(read))).toBe(true);
  for (const bits of [4, 8] as const) {
    const [a, b] = [storedBlocks(inParts, bits, 32), storedBlocks(whole, bits, 32)];
    expect(same(a.values.make(read), b.values.make(read))).toBe(true);
    expect(same(a.scales.make(read), b.scales.make(read))).toBe(true);
  }
  const transposed = [inParts, whole].map((each) => {
    const graph = new GraphBuilder();
    float32Product.multiply(graph, graph.input('x', 'float32', ['T', columns]), each);
    return graph.storedTensors()[0]!.make(read);
  });
  expect(same(transposed[0]!, transposed[1]!)).toBe(true);
});

test('rows of stacked matrices lie one after the other, across their border too', () => {
  const both = stacked('both', [matrix('a', 2, 2), matrix('b', 3, 2, 10)]);
  const tensors: Record<string, number[]> = { a: [1, 2, 3, 4], b: [5, 6, 7, 8, 9, 10] };
  const load: ReadTensor = (name, from, to) => Float32Array.from(tensors[name]!.slice(from, to));
  expect([...both.load(load)]).toEqual([1, 2, 3, 4, 50, 60, 70, 80, 90, 100]);
  expect([...both.loadRows!(load, 1, 4)]).toEqual([3, 4, 50, 60, 70, 80]);
  const opaque = { name: 'c', rows: 1, columns: 2, load: () => Float32Array.of(0, 0) };
  expect(stacked('with one that is read whole', [matrix('a', 2, 2), opaque]).loadRows).toBeUndefined();
});
