import type { RandomBits } from './drawn';
import type { ElementType } from './onnx';

export type TensorData = Float32Array | Uint16Array | Uint8Array | Int32Array | BigInt64Array;

/** Gives a checkpoint's tensor by its name, in float32, in the order it is stored in; or only the values from..to of it. */
export type ReadTensor = (name: string, from?: number, to?: number) => Float32Array;

/** A tensor that the graph takes from the weights file, and how its content comes from the checkpoint. */
export interface StoredTensor {
  name: string;
  type: ElementType;
  shape: number[];
  /** Makes the content, in row-major order. Called once, when the weights file is written. */
  make(read: ReadTensor): TensorData;
  /** Makes random content; absent = random weights are quantised like any others. */
  draw?(fill: RandomBits): TensorData;
}

/** A matrix [rows, columns] = [outputs, inputs] of one or more of the checkpoint's tensors. */
export interface Matrix {
  name: string;
  rows: number;
  columns: number;
  load(read: ReadTensor): Float32Array;
  /** The rows first..last alone, where they can be had without the others. */
  loadRows?(read: ReadTensor, first: number, last: number): Float32Array;
  /** The matrix that these are rows of, from `first` on, where other graphs store it whole. */
  within?: { whole: Matrix; first: number };
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

/** Reads a source of `rows` rows of `columns` values, or the rows first..last of it alone. */
export function readSource(
  source: Source,
  rows: number,
  columns: number,
): (read: ReadTensor, first?: number, last?: number) => Float32Array {
  const [tensor, start] = typeof source === 'string' ? [source, 0] : [source.tensor, source.first];
  const whole = typeof source === 'string';
  return (read, first = 0, last = rows) =>
    whole && first === 0 && last === rows
      ? read(tensor)
      : read(tensor, (start + first) * columns, (start + last) * columns);
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
    load: (read) => scaled(load(read), factor),
    loadRows: (read, first, last) => scaled(load(read, first, last), factor),
  };
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** The matrix with all of its numbers multiplied, under a name of its own. */
export function scaledMatrix(matrix: Matrix, factor: number): Matrix {
  if (factor === 1) return matrix;
  const { name, load, loadRows } = matrix;
  return {
    ...matrix,
    name: `${name}*${factor}`,
    load: (read) => scaled(load(read), factor),
    ...(loadRows && {
      loadRows: (read: ReadTensor, first: number, last: number) =>
        scaled(loadRows(read, first, last), factor),
    }),
  };
}

/** Numbers that are held in float32 at a time while a matrix is quantised: 16 MB. */
const blockElements = 1 << 22;

/** All rows from the first to the last, in blocks: a large matrix in float32 takes more memory than its quantised form. */
export function* rowBlocks(
  matrix: Matrix,
  read: ReadTensor,
): Generator<{ first: number; values: Float32Array }> {
  const { rows, columns, loadRows } = matrix;
  if (!loadRows) {
    yield { first: 0, values: matrix.load(read) };
    return;
  }
  const step = Math.max(1, Math.floor(blockElements / columns));
  for (let first = 0; first < rows; first += step)
    yield { first, values: loadRows(read, first, Math.min(rows, first + step)) };
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
  const loadRows = (read: ReadTensor, first: number, last: number) => {
    const some = new Float32Array((last - first) * columns);
    let start = 0;
    for (const part of parts) {
      const [from, to] = [Math.max(first - start, 0), Math.min(last - start, part.rows)];
      if (from < to) some.set(part.loadRows!(read, from, to), (start + from - first) * columns);
      start += part.rows;
    }
    return some;
  };
  return { name, rows, columns, load, ...(parts.every((part) => part.loadRows) ? { loadRows } : {}) };
}

/** The matrix with its rows multiplied: so many by the first factor, the next ones by the second. */
export function scaledRows(matrix: Matrix, parts: readonly [rows: number, factor: number][]): Matrix {
  const factors = parts.flatMap(([rows, factor]) => new Array<number>(rows).fill(factor));
  const { columns, loadRows } = matrix;
  const scale = (values: Float32Array, first: number) =>
    values.map((value, i) => value * factors[first + Math.floor(i / columns)]!);
  return {
    ...matrix,
    load: (read) => scale(matrix.load(read), 0),
    ...(loadRows && {
      loadRows: (read: ReadTensor, first: number, last: number) => scale(loadRows(read, first, last), first),
    }),
  };
}

/**
 * A matrix of what was stored of it, whole. Its name differs, so that tensors of both can be told apart.
 * @param load all rows from the stored tensors, given by their names in float32
 */
export function restoredMatrix(
  { name, rows, columns }: Matrix,
  load: (read: ReadTensor) => Float32Array,
): Matrix {
  return { name: `${name}.restored`, rows, columns, load };
}

/** The parts that make up a stacked matrix, each by itself; see `Matrix.within`. */
export function partsOf(whole: Matrix, parts: readonly Matrix[]): Matrix[] {
  let first = 0;
  return parts.map((part) => {
    const within = { whole, first };
    first += part.rows;
    return { ...part, within };
  });
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

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
