import type { GraphBuilder, Value } from './builder';
import { vector } from './context';
import type { StoredTensor } from './stored-tensors';

export type Norm = RmsNorm | LayerNorm;

/** Root-mean-square norm: `x / sqrt(mean(x^2) + epsilon) * weight`. */
export interface RmsNorm {
  kind?: 'rms';
  /** Name of the tensor [size]. */
  weight: string;
  epsilon: number;
  /** The checkpoint holds by how much the weight differs from 1. */
  aroundOne?: boolean;
  /** A constant of the model that the result is multiplied by: taken into the weight. */
  factor?: number;
  /** `x / (sqrt(mean(x^2)) + epsilon) * weight` instead, as some models were trained with. */
  epsilonOutside?: boolean;
}

/** `(x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias` */
export interface LayerNorm {
  kind: 'layer';
  /** Names of the tensors [size]. */
  weight: string;
  bias: string;
  epsilon: number;
}

/** Norm over the last axis, which has `size` elements. */
export function normalize(graph: GraphBuilder, x: Value, norm: Norm, size: number): Value {
  if (norm.kind !== 'layer') return rmsNorm(graph, x, norm, size);
  const inputs = [x, graph.weight(vector(norm.weight, size)), graph.weight(vector(norm.bias, size))];
  return graph.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: norm.epsilon } });
}

export function rmsNorm(graph: GraphBuilder, x: Value, norm: RmsNorm, size: number): Value {
  const weight = graph.weight(normWeight(norm, size));
  if (!norm.epsilonOutside)
    return graph.node('SimplifiedLayerNormalization', [x, weight], {
      axis: -1,
      epsilon: { float: norm.epsilon },
    });
  const length = graph.node('ReduceL2', [x, graph.ints(-1)], { keepdims: 1 });
  const root = graph.add(graph.mul(length, graph.float(size ** -0.5)), graph.float(norm.epsilon));
  return graph.mul(graph.node('Div', [x, root]), weight);
}

/** Whether the runtime makes one operator of the norm and what is around it. */
export function isJoined(norm: Norm): norm is RmsNorm {
  return norm.kind !== 'layer' && !norm.epsilonOutside;
}

/** `stream + delta`, and its norm; where the runtime can, in one pass. */
export function addAndNorm(
  graph: GraphBuilder,
  stream: Value,
  delta: Value,
  norm: Norm,
  size: number,
): { normed: Value; stream: Value } {
  if (!isJoined(norm)) {
    const sum = graph.add(stream, delta);
    return { normed: normalize(graph, sum, norm, size), stream: sum };
  }
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

/** The checkpoint's tensors of a norm. */
export function normTensors(norm: Norm, size: number): [name: string, shape: number[]][] {
  const weight: [string, number[]] = [norm.weight, [size]];
  return norm.kind === 'layer' ? [weight, [norm.bias, [size]]] : [weight];
}
