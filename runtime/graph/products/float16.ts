import { UserError } from '../../protocol/errors';
import type { GraphBuilder, Value } from '../builder';
import type { Provider } from '../context';
import { elementTypes } from '../onnx';
import { toHalf } from '../half';
import type { StoredTensor } from '../stored-tensors';
import { chosenExperts } from './experts';
import { float32Rows, restoredFromColumns, restoredFromRows, transposed } from './float32';
import { withBias, type EmbeddingForm, type ProductForm } from './form';

/**
 * Half of the bytes of float32. On the GPU the products are taken in half precision; on the CPU, which has no such products,
 * the runtime makes float32 of the weights when it loads them.
 */
export function float16Product(provider: Provider): ProductForm {
  return {
    restored: restoredFromColumns,
    multiply: (graph, x, matrix, bias) =>
      withBias(
        graph,
        product(graph, provider, x, transposed(matrix), (a, b) => graph.matmul(a, b)),
        bias,
      ),
  };
}

export function float16Embedding(provider: Provider): EmbeddingForm {
  return {
    restored: restoredFromRows,
    lookup(graph, ids, matrix) {
      const rows = graph.weight(halved(float32Rows(matrix)));
      return single(graph, graph.node('Gather', [rows, ids], { axis: 0 }));
    },
    head: (graph, x, matrix) =>
      product(graph, provider, x, float32Rows(matrix), (a, b) => graph.node('Gemm', [a, b], { transB: 1 })),
  };
}

/** For the CPU. */
export const float16Experts = chosenExperts((graph, matrix, shape) =>
  single(graph, graph.weight(halved(float32Rows(matrix)), { suffix: 'experts', shape })),
);

function product(
  graph: GraphBuilder,
  provider: Provider,
  x: Value,
  tensor: StoredTensor,
  multiply: (x: Value, weights: Value) => Value,
): Value {
  const weights = graph.weight(halved(tensor));
  if (provider === 'cpu') return multiply(x, single(graph, weights));
  const half = graph.once(`${x}:half`, () => graph.node('Cast', [x], { to: elementTypes.float16 }));
  return graph.node('Cast', [multiply(half, weights)], { to: elementTypes.float32 });
}

function single(graph: GraphBuilder, value: Value): Value {
  return graph.once(`${value}:single`, () => graph.node('Cast', [value], { to: elementTypes.float32 }));
}

function halved({ name, shape, make }: StoredTensor): StoredTensor {
  return {
    name,
    type: 'float16',
    shape,
    make: (read) => {
      const values = make(read) as Float32Array;
      const tooLarge = values.find((value) => Math.abs(value) > largestHalf);
      if (tooLarge !== undefined)
        throw new UserError(`The tensor "${name}" holds ${tooLarge}, which float16 cannot: use float32.`);
      return toHalf(values);
    },
  };
}

const largestHalf = 65504;
