import { restoredMatrix, rowBlocks, type Matrix, type StoredTensor } from '../stored-tensors';
import { withBias, type EmbeddingForm, type ProductForm } from './form';

/** Plain float32, stored [K, N] as MatMul reads it. The form that parity is measured in. */
export const float32Product: ProductForm = {
  restored: restoredFromColumns,
  multiply: (graph, x, matrix, bias) =>
    withBias(graph, graph.matmul(x, graph.weight(transposed(matrix))), bias),
};

/** float32 rows: looked up as they are, and the head multiplies with them transposed. */
export const float32Embedding: EmbeddingForm = {
  restored: restoredFromRows,
  lookup: (graph, ids, matrix) => graph.node('Gather', [graph.weight(float32Rows(matrix)), ids], { axis: 0 }),
  head: (graph, x, matrix) => graph.node('Gemm', [x, graph.weight(float32Rows(matrix))], { transB: 1 }),
};

export function float32Rows({ name, rows, columns, load }: Matrix): StoredTensor {
  return { name, type: 'float32', shape: [rows, columns], make: load };
}

export function restoredFromRows(matrix: Matrix): Matrix {
  return restoredMatrix(matrix, (read) => read(matrix.name));
}

/** Of values that are stored [K, N]. */
export function restoredFromColumns(matrix: Matrix): Matrix {
  const { name, rows, columns } = matrix;
  return restoredMatrix(matrix, (read) => {
    const stored = read(name);
    return stored.map((_, i) => stored[(i % columns) * rows + Math.floor(i / columns)]!);
  });
}

/** [K, N] as MatMul reads it. */
export function transposed(matrix: Matrix): StoredTensor {
  const { name, rows, columns } = matrix;
  const make: StoredTensor['make'] = (read) => {
    const out = new Float32Array(rows * columns);
    for (const { first, values } of rowBlocks(matrix, read))
      for (let n = 0; n < values.length / columns; n++)
        for (let k = 0; k < columns; k++) out[k * rows + first + n] = values[n * columns + k]!;
    return out;
  };
  return { name, type: 'float32', shape: [columns, rows], make };
}
