import type { GraphBuilder, Value } from '../builder';
import type { Matrix } from '../stored-tensors';

/** One way to store a matrix [N, K] and to multiply with it: `x [T, K] -> x * matrix^T [T, N]`. */
export interface ProductForm {
  /** The same matrix, read from what this form has stored of it. */
  restored(matrix: Matrix): Matrix;
  multiply(graph: GraphBuilder, x: Value, matrix: Matrix): Value;
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
