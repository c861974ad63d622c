import type { GraphBuilder, Value } from '../builder';
import type { Matrix, StoredTensor } from '../stored-tensors';

/** One way to store a matrix [N, K] and to multiply with it: `x [T, K] -> x * matrix^T + bias [T, N]`. */
export interface ProductForm {
  /** The same matrix, read from what this form has stored of it. */
  restored(matrix: Matrix): Matrix;
  /** @param bias [N] */
  multiply(graph: GraphBuilder, x: Value, matrix: Matrix, bias?: StoredTensor): Value;
  /** Whether the runtime makes one operator of the products of queries, keys and values over `columns`, and of the norm before them. */
  joinsProducts?(columns: number): boolean;
  /**
   * Adds what a norm with one product `x`, [1, 1, columns], lacks for that: products of next to nothing that nobody reads. Without it the
   * norm of a token is an operator by itself.
   */
  addSpareProducts?(graph: GraphBuilder, x: Value, columns: number): void;
}

/** One way to store the embedding [vocabulary, width], which is the head's matrix too where the model ties them. */
export interface EmbeddingForm {
  /** The same matrix, read from what this form has stored of it. */
  restored(matrix: Matrix): Matrix;
  /** `ids [T] -> [T, width]` */
  lookup(graph: GraphBuilder, ids: Value, matrix: Matrix): Value;
  /** `x [T, width] -> logits [T, vocabulary]` */
  head(graph: GraphBuilder, x: Value, matrix: Matrix): Value;
}

/** The bias by an operator of its own, where the product's does not add it. */
export function withBias(graph: GraphBuilder, product: Value, bias?: StoredTensor): Value {
  return bias ? graph.add(product, graph.weight(bias)) : product;
}
