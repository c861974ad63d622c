import type { GraphBuilder, Value } from './builder';
import { vector } from './context';

export type Norm = RmsNorm | LayerNorm;

/** `x / sqrt(mean(x^2) + epsilon) * weight` */
export interface RmsNorm {
  kind?: 'rms';
  /** Name of the tensor [width]. */
  weight: string;
  epsilon: number;
  /** `x / (sqrt(mean(x^2)) + epsilon) * weight` instead, as some models were trained with. */
  epsilonOutside?: boolean;
}

/** `(x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias` */
export interface LayerNorm {
  kind: 'layer';
  /** Names of the tensors [width]. */
  weight: string;
  bias: string;
  epsilon: number;
}

/** Norm over the last axis, which has `size` elements. */
export function rmsNorm(graph: GraphBuilder, x: Value, norm: RmsNorm, size: number): Value {
  const inputs = [x, graph.weight(vector(norm.weight, size))];
  return graph.node('RMSNormalization', inputs, { axis: -1, epsilon: { float: norm.epsilon } });
}

/** A layer's norm over the last axis, of `size`. */
export function normalize(graph: GraphBuilder, x: Value, norm: Norm, size: number): Value {
  const { weight, epsilon } = norm;
  if (norm.kind === 'layer') {
    const inputs = [x, graph.weight(vector(weight, size)), graph.weight(vector(norm.bias, size))];
    return graph.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
  }
  if (!norm.epsilonOutside) return rmsNorm(graph, x, norm, size);
  const length = graph.node('ReduceL2', [x, graph.ints(-1)], { keepdims: 1 });
  const root = graph.add(graph.mul(length, graph.float(size ** -0.5)), graph.float(epsilon));
  return graph.mul(graph.node('Div', [x, root]), graph.weight(vector(weight, size)));
}

/** `stream + delta`, and its norm; where the runtime can, in one pass. */
export function addAndNorm(
  graph: GraphBuilder,
  stream: Value,
  delta: Value,
  norm: Norm,
  size: number,
): { normed: Value; stream: Value } {
  if (norm.kind === 'layer' || norm.epsilonOutside) {
    const sum = graph.add(stream, delta);
    return { normed: normalize(graph, sum, norm, size), stream: sum };
  }
  const inputs = [stream, delta, graph.weight(vector(norm.weight, size))];
  const attributes = { epsilon: { float: norm.epsilon } };
  const outputs = graph.nodeWithOutputs('SkipSimplifiedLayerNormalization', inputs, attributes, [
    undefined,
    '',
    '',
    undefined,
  ]);
  return { normed: outputs[0]!, stream: outputs[3]! };
}

/** The checkpoint's tensors of a norm. */
export function normTensors(norm: Norm, size: number): [name: string, shape: number[]][] {
  const weight: [string, number[]] = [norm.weight, [size]];
  return norm.kind === 'layer' ? [weight, [norm.bias, [size]]] : [weight];
}
