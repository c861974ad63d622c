import type { GraphBuilder, Value } from './builder';
import { complexProduct } from './complex';
import type { BidirectionalFilter } from './encoder-layers';
import { impulseResponse } from './implicit-filter';
import type { StoredTensor } from './stored-tensors';

/**
 * Convolution of whole texts by a Fourier transform, written as products of matrices ("Monarch Mixer", 2023): with
 * n = 2 length = rows * columns, t = columns * a + b and k = p + rows * q,
 * `X[p, q] = sum over b of e(b p / n) e(b q / columns) * sum over a of e(a p / rows) x[a, b]`, e(s) = exp(-2 pi i s).
 * The input is real, so that p up to rows / 2 is all there is to know; its second half is zero, which halves a.
 */
interface Sizes {
  rows: number;
  columns: number;
  /** Kept p: rows / 2 + 1. */
  kept: number;
}

/** The matrices of the inner sum grow with the square of the columns, and there is one for each p. */
const mostColumns = 64;

function sizesOf(length: number): Sizes {
  const total = 2 * length;
  let columns = Math.min(mostColumns, Math.floor(Math.sqrt(total)));
  while (total % columns !== 0 || (total / columns) % 2 !== 0) columns--;
  const rows = total / columns;
  return { rows, columns, kept: rows / 2 + 1 };
}

/** `x [batch, length, width] -> [batch, length, width]` */
export function bidirectionalConvolution(
  graph: GraphBuilder,
  x: Value,
  name: string,
  filter: BidirectionalFilter,
  { length, width }: { length: number; width: number },
): Value {
  const sizes = sizesOf(length);
  const { rows, columns, kept } = sizes;
  // Rows of the transform first, channels of all texts in the middle: both sums are then plain products.
  const blocks = graph.reshape(x, [-1, rows / 2, columns, width]);
  const byRow = graph.reshape(graph.transpose(blocks, [1, 0, 3, 2]), [rows / 2, -1]);
  const outer = graph.matmul(graph.weight(outerMatrix('forward', sizes)), byRow);
  const half = graph.transpose(graph.reshape(outer, [kept, 2, -1, columns]), [0, 2, 1, 3]);
  const spectrum = graph.matmul(
    graph.reshape(half, [kept, -1, 2 * columns]),
    graph.weight(innerMatrices('forward', sizes)),
  );
  const response = graph.weight(responseOf(name, filter, sizes, length, width));
  const parts = graph.reshape(spectrum, [kept, -1, width, 2, columns]);
  const filtered = complexProduct(graph, parts, response, 3);
  const inner = graph.matmul(
    graph.reshape(filtered, [kept, -1, 2 * columns]),
    graph.weight(innerMatrices('back', sizes)),
  );
  const halfBack = graph.transpose(graph.reshape(inner, [kept, -1, 2, columns]), [0, 2, 1, 3]);
  const back = graph.matmul(
    graph.weight(outerMatrix('back', sizes)),
    graph.reshape(halfBack, [2 * kept, -1]),
  );
  const y = graph.transpose(graph.reshape(back, [rows / 2, -1, width, columns]), [1, 0, 3, 2]);
  return graph.reshape(y, [-1, length, width]);
}

/**
 * The sum over a: forward [2 kept, rows / 2], its rows (p, part). Back [rows / 2, 2 kept] gives the real part alone, each
 * p that stands for its mirror image too twice.
 */
function outerMatrix(direction: 'forward' | 'back', { rows, columns, kept }: Sizes): StoredTensor {
  const forward = direction === 'forward';
  const half = rows / 2;
  return {
    name: `fourier.${rows}x${columns}.outer.${direction}`,
    type: 'float32',
    shape: forward ? [2 * kept, half] : [half, 2 * kept],
    make: () => {
      const matrix = new Float32Array(2 * kept * half);
      for (let p = 0; p < kept; p++)
        for (let a = 0; a < half; a++) {
          const angle = (2 * Math.PI * ((a * p) % rows)) / rows;
          const weight = (p === 0 || p === half ? 1 : 2) / (rows * columns);
          if (forward) {
            matrix[2 * p * half + a] = Math.cos(angle);
            matrix[(2 * p + 1) * half + a] = -Math.sin(angle);
          } else {
            matrix[a * 2 * kept + 2 * p] = weight * Math.cos(angle);
            matrix[a * 2 * kept + 2 * p + 1] = -weight * Math.sin(angle);
          }
        }
      return matrix;
    },
  };
}

/** The sum over b, forward from (part, b) to (part, q), or back: a real matrix for each p [kept, 2 columns, 2 columns]. */
function innerMatrices(direction: 'forward' | 'back', { rows, columns, kept }: Sizes): StoredTensor {
  const order = 2 * columns;
  const total = rows * columns;
  return {
    name: `fourier.${rows}x${columns}.inner.${direction}`,
    type: 'float32',
    shape: [kept, order, order],
    make: () => {
      const all = new Float32Array(kept * order * order);
      for (let p = 0; p < kept; p++)
        for (let b = 0; b < columns; b++)
          for (let q = 0; q < columns; q++) {
            const angle = (2 * Math.PI * ((b * (p + rows * q)) % total)) / total;
            const [cos, sin] = [
              Math.cos(angle),
              direction === 'forward' ? -Math.sin(angle) : Math.sin(angle),
            ];
            const [from, to] = direction === 'forward' ? [b, q] : [q, b];
            const at = (row: number, column: number) => (p * order + row) * order + column;
            all[at(from, to)] = cos;
            all[at(from, columns + to)] = sin;
            all[at(columns + from, to)] = -sin;
            all[at(columns + from, columns + to)] = cos;
          }
      return all;
    },
  };
}

/** The filter's own transform [kept, 1, width, 2, columns]; lags below zero stand at the end of the circle. */
function responseOf(
  name: string,
  { before, after, skip }: BidirectionalFilter,
  sizes: Sizes,
  length: number,
  width: number,
): StoredTensor {
  const { columns, kept } = sizes;
  const make: StoredTensor['make'] = (read) => {
    const [causal, reverse] = [before, after].map((filter) => impulseResponse(read, filter, width));
    const skipped = read(skip);
    const out = new Float32Array(kept * width * 2 * columns);
    const circle = new Float64Array(2 * length);
    const transform = transformer(sizes);
    for (let channel = 0; channel < width; channel++) {
      for (let t = 0; t < length; t++) circle[t] = causal![t * width + channel]!;
      for (let t = 1; t < length; t++) circle[2 * length - t] = reverse![(t - 1) * width + channel]!;
      circle[0]! += skipped[channel]!;
      transform(circle, (p, spectrum) => out.set(spectrum, (p * width + channel) * 2 * columns));
    }
    return out;
  };
  return { name, type: 'float32', shape: [kept, 1, width, 2, columns], make };
}

/** Transforms in float64, by the same two sums; gives (part, q) for each p. */
function transformer({ rows, columns, kept }: Sizes) {
  const total = rows * columns;
  const turns = (count: number, of: (i: number) => number) => {
    const angles = Float64Array.from({ length: count }, (_, i) => (-2 * Math.PI * (of(i) % total)) / total);
    return { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
  };
  const outer = turns(kept * rows, (i) => (i % rows) * columns * Math.floor(i / rows));
  const inner = turns(kept * columns * columns, (i) => {
    const [p, q, b] = [Math.floor(i / columns ** 2), Math.floor(i / columns) % columns, i % columns];
    return b * (p + rows * q);
  });
  const [re, im] = [new Float64Array(columns), new Float64Array(columns)];
  const spectrum = new Float64Array(2 * columns);
  return (circle: Float64Array, give: (p: number, spectrum: Float64Array) => void) => {
    for (let p = 0; p < kept; p++) {
      re.fill(0);
      im.fill(0);
      for (let a = 0; a < rows; a++) {
        const [cos, sin] = [outer.cos[p * rows + a]!, outer.sin[p * rows + a]!];
        for (let b = 0; b < columns; b++) {
          const value = circle[a * columns + b]!;
          re[b]! += value * cos;
          im[b]! += value * sin;
        }
      }
      for (let q = 0; q < columns; q++) {
        const at = (p * columns + q) * columns;
        let [x, y] = [0, 0];
        for (let b = 0; b < columns; b++) {
          const [cos, sin] = [inner.cos[at + b]!, inner.sin[at + b]!];
          x += re[b]! * cos - im[b]! * sin;
          y += re[b]! * sin + im[b]! * cos;
        }
        spectrum[q] = x;
        spectrum[columns + q] = y;
      }
      give(p, spectrum);
    }
  };
}
