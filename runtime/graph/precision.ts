import { blockEmbedding, blockProduct } from './products/blocks';
import { blockExperts, float32Experts, type ExpertForm } from './products/experts';
import { float32Embedding, float32Product } from './products/float32';
import type { EmbeddingForm, ProductForm } from './products/form';
import { rowScaledU8Product } from './products/row-scaled-u8';

/** Which form each kind of matrix takes. */
export interface Forms {
  /** Products that read the residual stream. */
  into: ProductForm;
  /** Products that write to it: a mixer's or a channel mixer's last. */
  outOf: ProductForm;
  embedding: EmbeddingForm;
  experts: ExpertForm;
}

const int8 = blockProduct(8, 128);
const int8Embedding = blockEmbedding(8, 128);
const int8Experts = blockExperts(128);
const int4 = blockProduct(4, 32);

export const precisions = {
  float32: {
    into: float32Product,
    outOf: float32Product,
    embedding: float32Embedding,
    experts: float32Experts,
  },
  w8u: {
    into: rowScaledU8Product,
    outOf: rowScaledU8Product,
    embedding: int8Embedding,
    experts: int8Experts,
  },
  w8m: { into: rowScaledU8Product, outOf: int8, embedding: int8Embedding, experts: int8Experts },
  int8: { into: int8, outOf: int8, embedding: int8Embedding, experts: int8Experts },
  int4: { into: int4, outOf: int4, embedding: int8Embedding, experts: int8Experts },
} as const satisfies Record<string, Forms>;

export type Precision = keyof typeof precisions;

export const precisionNames = Object.keys(precisions) as Precision[];

export function isPrecision(name: string): name is Precision {
  return Object.hasOwn(precisions, name);
}
