import type { Norm } from '../../../../runtime/graph/norm';
import { readSource, type Source } from '../../../../runtime/graph/stored-tensors';

/** Number by number in float64: slow, short, and told apart from the graphs by everything that could go wrong there. */
export type Row = number[];
export type Tensors = (name: string, from?: number, to?: number) => Float32Array;

/** `matrix [outputs, inputs]` times a row. */
export function times(matrix: Float32Array, row: Row): Row {
  return Array.from({ length: matrix.length / row.length }, (_, n) =>
    row.reduce((sum, value, k) => sum + value * matrix[n * row.length + k]!, 0),
  );
}

/** `matrix [outputs, inputs]` and bias of the checkpoint, wherever they stand in it. */
export function projected(
  row: Row,
  outputs: number,
  matrix: Source,
  bias: Source | undefined,
  tensor: Tensors,
): Row {
  const product = times(readSource(matrix, outputs, row.length)(tensor), row);
  return bias === undefined ? product : plus(product, readSource(bias, outputs, 1)(tensor));
}

export function biased(row: Row, bias: string | undefined, tensor: Tensors): Row {
  return bias === undefined ? row : plus(row, tensor(bias));
}

export function plus(row: Row, other: ArrayLike<number>, factor = 1): Row {
  return row.map((value, i) => value + factor * other[i]!);
}

export function norm(row: Row, weight: ArrayLike<number>, epsilon: number): Row {
  const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
  return row.map((value, i) => (value / Math.sqrt(square + epsilon)) * weight[i]!);
}

/** A layer's norm of one row. */
export function normed(row: Row, layerNorm: Norm, tensor: Tensors): Row {
  const { epsilon } = layerNorm;
  const stored = [...tensor(layerNorm.weight)];
  const mean = (values: Row) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (layerNorm.kind === 'layer') {
    const centre = mean(row);
    const centred = row.map((value) => value - centre);
    return plus(norm(centred, stored, epsilon), tensor(layerNorm.bias));
  }
  const { aroundOne, factor = 1, epsilonOutside } = layerNorm;
  const weight = stored.map((value) => (aroundOne ? 1 + value : value) * factor);
  if (!epsilonOutside) return norm(row, weight, epsilon);
  const root = Math.sqrt(mean(row.map((value) => value * value)));
  return row.map((value, i) => (value / (root + epsilon)) * weight[i]!);
}

export function silu(value: number): number {
  return value * sigmoid(value);
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** x times the probability that a normal variable is below it, by a series that converges everywhere. */
export function gelu(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18; n++) sum += term *= (x * x) / (2 * n + 1);
  return x * (0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI));
}

export function geluTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** A causal convolution along the rows, each channel by itself; `kernel` [channels, 1, size]. */
export function convolved(rows: Row[], kernel: Float32Array): Row[] {
  return rows.map((row, t) => {
    const size = kernel.length / row.length;
    const seen = Array.from({ length: size }, (_, k) => rows[t - size + 1 + k]);
    return row.map((_, channel) =>
      seen.reduce((sum, past, k) => sum + kernel[channel * size + k]! * (past?.[channel] ?? 0), 0),
    );
  });
}

/** A row in parts of `size`. */
export function parts(row: Row, size: number): Row[] {
  return Array.from({ length: row.length / size }, (_, i) => row.slice(i * size, (i + 1) * size));
}
