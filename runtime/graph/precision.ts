import { UserError } from '../protocol/errors';
import type { Provider } from './context';
import { blockEmbedding, blockProduct } from './products/blocks';
import { allExperts, blockExperts, float32Experts, type ExpertForm } from './products/experts';
import { float16Embedding, float16Experts, float16Product } from './products/float16';
import { float32Embedding, float32Product } from './products/float32';
import type { EmbeddingForm, ProductForm } from './products/form';
import { rowScaledU8Product } from './products/row-scaled-u8';
import { pickedRows, type Matrix } from './stored-tensors';

/** Which form each kind of matrix takes. */
export interface Forms {
  /** Products that read the residual stream. */
  into: ProductForm;
  /** Products that write to it: a mixer's or a channel mixer's last. */
  outOf: ProductForm;
  embedding: EmbeddingForm;
  experts: ExpertForm;
}

const forms = {
  float32: () => ({
    into: float32Product,
    outOf: float32Product,
    embedding: float32Embedding,
    experts: float32Experts,
  }),
  float16: (provider) => ({
    into: float16Product(provider),
    outOf: float16Product(provider),
    embedding: float16Embedding(provider),
    experts: float16Experts,
  }),
  w8u: (provider) => ({ ...int8(provider), into: rowScaledU8Product, outOf: rowScaledU8Product }),
  w8m: (provider) => ({ ...int8(provider), into: rowScaledU8Product }),
  int8,
  int4: (provider) => {
    const product = blockProduct(provider, 4, 32);
    return { ...int8(provider), into: product, outOf: product };
  },
} as const satisfies Record<string, (provider: Provider) => Forms>;

function int8(provider: Provider): Forms {
  const product = blockProduct(provider, 8, 128);
  return {
    into: product,
    outOf: product,
    embedding: blockEmbedding(provider, 8, 128),
    experts: blockExperts(128),
  };
}

export type Precision = keyof typeof forms;

export const precisionNames = Object.keys(forms) as Precision[];

export function isPrecision(name: string): name is Precision {
  return Object.hasOwn(forms, name);
}

/** Of WebGPU, which has no products of bytes. */
const onlyOnCpu: readonly Precision[] = ['w8u', 'w8m'];

/** The precision in which WebGPU helps a model that the CPU runs in `precision`: the same, or the one that is as fine. */
export function besideCpu(precision: Precision): Precision {
  return onlyOnCpu.includes(precision) ? 'int8' : precision;
}

/** @throws UserError where the provider cannot compute in this precision */
export function formsOf(precision: Precision, provider: Provider): Forms {
  const chosen = forms[precision](provider);
  if (provider === 'cpu') return chosen;
  if (onlyOnCpu.includes(precision))
    throw new UserError(
      `${provider} does not compute in ${precision}. Choose int8, int4, float16 or float32, or the provider "cpu".`,
    );
  return { ...chosen, experts: allExperts(chosen) };
}

/** Forms in which matrices are made from what other forms have stored of them. */
export function restoring(target: Forms, stored: Forms): Forms {
  const product = (to: ProductForm, from: ProductForm): ProductForm => ({
    ...to,
    multiply: (graph, x, matrix, bias) => to.multiply(graph, x, restoredIn(from, matrix), bias),
  });
  return {
    ...target,
    into: product(target.into, stored.into),
    outOf: product(target.outOf, stored.outOf),
    embedding: {
      ...target.embedding,
      lookup: (graph, ids, matrix) => target.embedding.lookup(graph, ids, stored.embedding.restored(matrix)),
      head: (graph, x, matrix) => target.embedding.head(graph, x, stored.embedding.restored(matrix)),
    },
  };
}

function restoredIn(form: ProductForm, matrix: Matrix): Matrix {
  const { name, rows, within } = matrix;
  if (!within) return form.restored(matrix);
  const picked = Array.from({ length: rows }, (_, i) => within.first + i);
  return pickedRows(`${name}.restored`, form.restored(within.whole), picked);
}
