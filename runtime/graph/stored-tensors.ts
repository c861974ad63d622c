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

export function matrix(name: string, rows: number, columns: number, factor = 1): Matrix {
  return {
    name,
    rows,
    columns,
    load: (read) => (factor === 1 ? read(name) : read(name).map((value) => value * factor)),
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

/** The matrix with its rows multiplied: so many by the first factor, the next ones by the second. */
export function scaledRows(matrix: Matrix, parts: readonly [rows: number, factor: number][]): Matrix {
  const factors = parts.flatMap(([rows, factor]) => new Array<number>(rows).fill(factor));
  const load = (read: ReadTensor) =>
    matrix.load(read).map((value, i) => value * factors[Math.floor(i / matrix.columns)]!);
  return { ...matrix, load };
}

/** Some rows of a matrix, in the order given. */
export function pickedRows(name: string, { columns, load }: Matrix, rows: readonly number[]): Matrix {
  return {
    name,
    rows: rows.length,
    columns,
    load: (read) => {
      const source = load(read);
      const picked = new Float32Array(rows.length * columns);
      for (const [i, row] of rows.entries())
        picked.set(source.subarray(row * columns, (row + 1) * columns), i * columns);
      return picked;
    },
  };
}

export const bytesPerElement: Record<ElementType, number> = { float32: 4, uint8: 1, int32: 4, int64: 8 };

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
