import type { GraphBuilder, Value } from '../builder';
import type { LayerContext } from '../context';

interface Heads {
  heads: number;
  keyValueHeads: number;
  headSize: number;
}

export interface AttentionInputs {
  /** [heads, queries, headSize] */
  q: Value;
  /** [queries, slots + T] */
  bias: Value;
  /** [keyValueHeads, slots, headSize] each */
  keys: Value;
  values: Value;
  /** [keyValueHeads, T, headSize] each */
  newKeys: Value;
  newValues: Value;
}

/** `softmax(q k^T + bias) v` over slots and new tokens -> [heads, queries, headSize] */
export function attend({ graph, provider }: LayerContext, heads: Heads, inputs: AttentionInputs): Value {
  return provider === 'webgpu' ? inParts(graph, heads, inputs) : atOnce(graph, inputs);
}

/** One operator for all: no score-sized tensor is made. -> [heads, queries, headSize] */
function atOnce(graph: GraphBuilder, inputs: AttentionInputs): Value {
  const { q, bias, keys, values, newKeys, newValues } = inputs;
  // The joined keys and values that the operator also gives are of no use: the host keeps its slots by itself.
  const batched = (value: Value) => graph.unsqueeze(value, 0);
  const [newQ, newK, newV, pastK, pastV] = [q, newKeys, newValues, keys, values].map(batched);
  const [attended] = graph.nodeWithOutputs(
    'Attention',
    [newQ!, newK!, newV!, bias, pastK!, pastV!],
    { scale: { float: 1 } },
    [undefined, undefined, undefined],
  );
  return graph.squeeze(attended!, 0);
}

/** The same from operators that WebGPU has. -> [heads, queries, headSize] */
function inParts(
  graph: GraphBuilder,
  { heads, keyValueHeads, headSize }: Heads,
  inputs: AttentionInputs,
): Value {
  const { q, bias, keys, values, newKeys, newValues } = inputs;
  const group = heads / keyValueHeads;
  const allKeys = graph.unsqueeze(graph.concat([keys, newKeys], 1), 1);
  const allValues = graph.unsqueeze(graph.concat([values, newValues], 1), 1);
  const grouped = graph.reshape(q, [keyValueHeads, group, -1, headSize]);
  const scores = graph.matmul(grouped, graph.transpose(allKeys, [0, 1, 3, 2]));
  const weights = graph.node('Softmax', [graph.add(scores, bias)], { axis: -1 });
  return graph.reshape(graph.matmul(weights, allValues), [heads, -1, headSize]);
}
