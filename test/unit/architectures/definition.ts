import type { Layer, ModelDescription } from '../../../runtime/graph/layers';
import type { Norm } from '../../../runtime/graph/norm';

export type Row = number[];
export type ReadTensor = (name: string, from?: number, to?: number) => Float32Array;

/** What a layer's mixer, or its channel mixer, makes of all rows at once. */
export type Mix = (layer: Layer, rows: Row[], tensor: ReadTensor) => Row[];

/** A model as its definition says, number by number in float64: the logits after each of `ids`, one row for each. */
export function referenceLogits(
  model: ModelDescription,
  tensor: ReadTensor,
  ids: readonly number[],
  mixer: Mix,
  channel?: Mix,
): Float32Array {
  const { width } = model;
  const embedding = tensor(model.embedding);
  const normed = (rows: Row[], layerNorm: Norm) => rows.map((row) => normReference(row, layerNorm, tensor));
  let stream = ids.map((id): Row => [...embedding.subarray(id * width, (id + 1) * width)]);
  const add = (delta: Row[]) => {
    stream = stream.map((row, t) => plus(row, delta[t]!));
  };
  for (const layer of model.layers) {
    add(mixer(layer, normed(stream, layer.mixerNorm), tensor));
    if (layer.channel) add(channel!(layer, normed(stream, layer.channel.norm), tensor));
  }
  const head = tensor(model.head ?? model.embedding);
  return Float32Array.from(normed(stream, model.finalNorm).flatMap((row) => times(head, row)));
}

/** A layer's norm of one row. */
export function normReference(row: Row, layerNorm: Norm, tensor: ReadTensor): Row {
  const { weight, epsilon } = layerNorm;
  const mean = (values: Row) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (layerNorm.kind === 'layer') {
    const centred = row.map((value) => value - mean(row));
    return plus(norm(centred, tensor(weight), epsilon), tensor(layerNorm.bias));
  }
  if (!layerNorm.epsilonOutside) return norm(row, tensor(weight), epsilon);
  const root = Math.sqrt(mean(row.map((value) => value * value)));
  return row.map((value, i) => (value / (root + epsilon)) * tensor(weight)[i]!);
}

export function plus(a: Row, b: ArrayLike<number> | undefined): Row {
  return b ? a.map((value, i) => value + b[i]!) : a;
}

/** A bias of the checkpoint, where there is one. */
export function optional(tensor: ReadTensor, name: string | undefined): Float32Array | undefined {
  return name === undefined ? undefined : tensor(name);
}

/** `kernel [channels, 1, size]`, each channel by itself, over the rows up to each. */
export function convolve(rows: Row[], kernel: Float32Array, size: number): Row[] {
  return rows.map((row, t) =>
    row.map((_, channel) => {
      let sum = 0;
      for (let back = 0; back < Math.min(size, t + 1); back++)
        sum += kernel[channel * size + size - 1 - back]! * rows[t - back]![channel]!;
      return sum;
    }),
  );
}

export function norm(row: Row, weight: Float32Array, epsilon: number): Row {
  const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
  return row.map((value, i) => (value / Math.sqrt(square + epsilon)) * weight[i]!);
}

/** `matrix [outputs, inputs]` times a row. */
export function times(matrix: Float32Array, row: Row): Row {
  return Array.from({ length: matrix.length / row.length }, (_, n) =>
    row.reduce((sum, value, k) => sum + value * matrix[n * row.length + k]!, 0),
  );
}

export function silu(value: number): number {
  return value / (1 + Math.exp(-value));
}

/** x times the probability that a normal variable is below it, by a series that converges everywhere. */
export function gelu(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18; n++) sum += term *= (x * x) / (2 * n + 1);
  return x * (0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI));
}
