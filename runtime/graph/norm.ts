import type { GraphBuilder, Value } from './builder';
import { vector } from './context';
import type { StoredTensor } from './stored-tensors';

/** Root-mean-square norm: `x / sqrt(mean(x^2) + epsilon) * weight`. */
export interface RmsNorm {
  /** Name of the tensor [size]. */
  weight: string;
  epsilon: number;
  /** The checkpoint holds by how much the weight differs from 1. */
  aroundOne?: boolean;
  /** A constant of the model that the result is multiplied by: taken into the weight. */
  factor?: number;
}

/** Norm over the last axis, which has `size` elements. */
export function rmsNorm(graph: GraphBuilder, x: Value, norm: RmsNorm, size: number): Value {
  const inputs = [x, graph.weight(normWeight(norm, size))];
  return graph.node('RMSNormalization', inputs, { axis: -1, epsilon: { float: norm.epsilon } });
}

/** `stream + delta`, and its norm, in one pass. */
export function addAndNorm(
  graph: GraphBuilder,
  stream: Value,
  delta: Value,
  norm: RmsNorm,
  size: number,
): { normed: Value; stream: Value } {
  const inputs = [stream, delta, graph.weight(normWeight(norm, size))];
  const attributes = { epsilon: { float: norm.epsilon } };
  const outputs = graph.nodeWithOutputs('SkipSimplifiedLayerNormalization', inputs, attributes, [
    undefined,
    '',
    '',
    undefined,
  ]);
  return { normed: outputs[0]!, stream: outputs[3]! };
}

function normWeight({ weight, aroundOne, factor = 1 }: RmsNorm, size: number): StoredTensor {
  const base = aroundOne ? 1 : 0;
  return vector(weight, size, { map: (value) => (base + value) * factor });
}
