import type { ElementType } from './onnx';

export type TensorData = Float32Array | Uint8Array | Int32Array | BigInt64Array;

/** Gives a checkpoint's tensor by its name, in float32, in the order it is stored in. */
export type ReadTensor = (name: string) => Float32Array;

/** A tensor that the graph takes from the weights file, and how its content comes from the checkpoint. */
export interface StoredTensor {
  name: string;
  type: ElementType;
  shape: number[];
  /** Makes the content, in row-major order. Called once, when the weights file is written. */
  make(read: ReadTensor): TensorData;
}

/** A matrix [rows, columns] = [outputs, inputs] of one or more of the checkpoint's tensors. */
export interface Matrix {
  name: string;
  rows: number;
  columns: number;
  load(read: ReadTensor): Float32Array;
}

/** Some rows of a tensor of the checkpoint that holds several matrices or vectors, one after the other. */
export interface TensorRows {
  tensor: string;
  first: number;
  /** Rows of the whole tensor. */
  of: number;
}

/** Where a matrix or a vector of the checkpoint is: a whole tensor, or some rows of one. */
export type Source = string | TensorRows;

/** The tensor that a source is in, with its shape; `rest` are the sizes behind the rows. */
export function tensorOf(source: Source, rows: number, ...rest: number[]): [name: string, shape: number[]] {
  return typeof source === 'string' ? [source, [rows, ...rest]] : [source.tensor, [source.of, ...rest]];
}

/** Reads a source of `rows` rows of `columns` values. */
export function readSource(
  source: Source,
  rows: number,
  columns: number,
): (read: ReadTensor) => Float32Array {
  if (typeof source === 'string') return (read) => read(source);
  const { tensor, first } = source;
  return (read) => read(tensor).subarray(first * columns, (first + rows) * columns);
}

export function nameOf(source: Source, rows: number): string {
  return typeof source === 'string' ? source : `${source.tensor}[${source.first}:${source.first + rows}]`;
}

export function matrix(source: Source, rows: number, columns: number, factor = 1): Matrix {
  const load = readSource(source, rows, columns);
  return {
    name: nameOf(source, rows),
    rows,
    columns,
    load: (read) => (factor === 1 ? load(read) : load(read).map((value) => value * factor)),
  };
}

/** Matrices over the same input as one, their rows one after the other. */
export function stacked(name: string, parts: readonly Matrix[]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = parts[0]!.columns;
  const load = (read: ReadTensor) => {
    const all = new Float32Array(rows * columns);
    let at = 0;
    for (const part of parts) {
      all.set(part.load(read), at);
      at += part.rows * columns;
    }
    return all;
  };
  return { name, rows, columns, load };
}

export const bytesPerElement: Record<ElementType, number> = {
  float32: 4,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
};

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
