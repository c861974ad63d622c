import type { Matrix, StoredTensor } from '../stored-tensors';
import type { EmbeddingForm, ProductForm } from './form';

/** Plain float32, stored [K, N] as MatMul reads it. The form that parity is measured in. */
export const float32Product: ProductForm = {
  multiply: (graph, x, matrix) => graph.matmul(x, graph.weight(transposed(matrix))),
};

/** float32 rows: looked up as they are, and the head multiplies with them transposed. */
export const float32Embedding: EmbeddingForm = {
  lookup: (graph, ids, matrix) => graph.node('Gather', [graph.weight(float32Rows(matrix)), ids], { axis: 0 }),
  head: (graph, x, matrix) => graph.node('Gemm', [x, graph.weight(float32Rows(matrix))], { transB: 1 }),
};

export function float32Rows({ name, rows, columns, load }: Matrix): StoredTensor {
  return { name, type: 'float32', shape: [rows, columns], make: load };
}

function transposed({ name, rows, columns, load }: Matrix): StoredTensor {
  const make: StoredTensor['make'] = (read) => {
    const source = load(read);
    const out = new Float32Array(source.length);
    for (let n = 0; n < rows; n++)
      for (let k = 0; k < columns; k++) out[k * rows + n] = source[n * columns + k]!;
    return out;
  };
  return { name, type: 'float32', shape: [columns, rows], make };
}
