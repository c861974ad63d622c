import type { GraphBuilder, Value } from './builder';
import { vector } from './context';

/** Root-mean-square norm over the last axis. */
export function rmsNorm(graph: GraphBuilder, x: Value, weight: string, size: number, epsilon: number): Value {
  const inputs = [x, graph.weight(vector(weight, size))];
  return graph.node('RMSNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
}

/** `stream + delta`, and its norm, in one pass. */
export function addAndNorm(
  graph: GraphBuilder,
  stream: Value,
  delta: Value,
  weight: string,
  size: number,
  epsilon: number,
): { normed: Value; stream: Value } {
  const inputs = [stream, delta, graph.weight(vector(weight, size))];
  const attributes = { epsilon: { float: epsilon } };
  const outputs = graph.nodeWithOutputs('SkipSimplifiedLayerNormalization', inputs, attributes, [
    undefined,
    '',
    '',
    undefined,
  ]);
  return { normed: outputs[0]!, stream: outputs[3]! };
}
