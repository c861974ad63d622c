import type { GraphBuilder, Value } from '../builder';
import type { LayerContext } from '../context';
import { names } from '../states';
import { matrix, stacked } from '../stored-tensors';

/** Grouped-query attention over a window, with rotary positions (halves rotated). */
export interface AttentionMixer {
  kind: 'attention';
  heads: number;
  keyValueHeads: number;
  headSize: number;
  /** A token sees itself and the `window` - 1 tokens before it. */
  window: number;
  ropeTheta: number;
  /** Names of the checkpoint's tensors. */
  weights: { query: string; key: string; value: string; out: string };
}

export function attentionTensors(mixer: AttentionMixer, width: number): [name: string, shape: number[]][] {
  const { weights, heads, keyValueHeads, headSize } = mixer;
  return [
    [weights.query, [heads * headSize, width]],
    [weights.key, [keyValueHeads * headSize, width]],
    [weights.value, [keyValueHeads * headSize, width]],
    [weights.out, [width, heads * headSize]],
  ];
}

/** Large enough to vanish in a softmax, small enough to stay finite in sums. */
const masked = -1e30;

/**
 * The host keeps the window in slots, in whatever order: keys carry their rotation, and the bias says which positions
 * a query sees. One operator takes slots and new tokens together, so that few score-sized tensors are ever made.
 */
export function attention(context: LayerContext, x: Value, mixer: AttentionMixer): Value {
  const { graph, forms, provider, width, prefix, last, states } = context;
  const { heads, keyValueHeads, headSize, window, weights } = mixer;
  const keyWidth = keyValueHeads * headSize;

  const keyValue = stacked(`${prefix}.self_attn.kv_proj.weight`, [
    matrix(weights.key, keyWidth, width),
    matrix(weights.value, keyWidth, width),
  ]);
  // The scores' factor 1 / sqrt(headSize) is taken into the query's weights: exact where it is a power of two.
  const query = matrix(weights.query, heads * headSize, width, headSize ** -0.5);
  const queryRows = last ? context.wantedRows(x) : x;

  const [key, value] = graph.split(forms.into.multiply(graph, x, keyValue), [keyWidth, keyWidth], 1);
  const rotatedKey = rotate(context, key!, mixer, keyValueHeads, false);
  const rotatedQuery = rotate(context, forms.into.multiply(graph, queryRows, query), mixer, heads, last);

  const byHead = (rows: Value, count: number) =>
    graph.transpose(graph.reshape(rows, [-1, count, headSize]), [1, 0, 2]);
  const q = byHead(rotatedQuery, heads);
  const newKeys = byHead(rotatedKey, keyValueHeads);
  const newValues = byHead(value!, keyValueHeads);

  const state = { name: `${prefix}.window`, window, keyValueHeads, headSize };
  states.windows.push(state);
  const slots = [keyValueHeads, `${state.name}.slots`, headSize];
  const keys = graph.input(`${state.name}.keys`, 'float32', slots);
  const values = graph.input(`${state.name}.values`, 'float32', slots);
  graph.output(newKeys, `${state.name}.keys.new`, 'float32', [keyValueHeads, 'T', headSize]);
  graph.output(newValues, `${state.name}.values.new`, 'float32', [keyValueHeads, 'T', headSize]);

  const bias = windowBias(context, window);
  const attend = provider === 'webgpu' ? attendInParts : attendAtOnce;
  const attended = attend(graph, mixer, { q, bias, keys, values, newKeys, newValues });
  const y = graph.transpose(attended, [1, 0, 2]);
  const outProjection = matrix(weights.out, width, heads * headSize);
  return forms.outOf.multiply(graph, graph.reshape(y, [-1, heads * headSize]), outProjection);
}

interface AttentionInputs {
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

/** One operator for all: no score-sized tensor is made. -> [heads, queries, headSize] */
function attendAtOnce(graph: GraphBuilder, _: AttentionMixer, inputs: AttentionInputs): Value {
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
function attendInParts(graph: GraphBuilder, mixer: AttentionMixer, inputs: AttentionInputs): Value {
  const { heads, keyValueHeads, headSize } = mixer;
  const { q, bias, keys, values, newKeys, newValues } = inputs;
  const group = heads / keyValueHeads;
  const allKeys = graph.unsqueeze(graph.concat([keys, newKeys], 1), 1);
  const allValues = graph.unsqueeze(graph.concat([values, newValues], 1), 1);
  const grouped = graph.reshape(q, [keyValueHeads, group, -1, headSize]);
  const scores = graph.matmul(grouped, graph.transpose(allKeys, [0, 1, 3, 2]));
  const weights = graph.node('Softmax', [graph.add(scores, bias)], { axis: -1 });
  return graph.reshape(graph.matmul(weights, allValues), [heads, -1, headSize]);
}

/** Rotary positions: `rows [T, heads * headSize] -> [1, T, heads * headSize]`. */
function rotate(
  context: LayerContext,
  rows: Value,
  { headSize, ropeTheta }: AttentionMixer,
  heads: number,
  wanted: boolean,
): Value {
  const { graph, states } = context;
  const name = `rotation.${ropeTheta}.${headSize}`;
  const half = headSize / 2;
  if (!states.rotations.some((rotation) => rotation.name === name)) {
    const frequencies = Array.from({ length: half }, (_, i) => ropeTheta ** (-i / half));
    states.rotations.push({ name, frequencies });
  }
  const table = (part: 'cos' | 'sin') => {
    const all = graph.input(`${name}.${part}`, 'float32', ['T', half]);
    return graph.once(`${all}:${wanted}`, () => graph.unsqueeze(wanted ? context.wantedRows(all) : all, 0));
  };
  return graph.node('RotaryEmbedding', [graph.unsqueeze(rows, 0), table('cos'), table('sin')], {
    num_heads: heads,
  });
}

/** 0 where a query sees a key, else `masked`; float32 [queries, slots + T]. The same for all layers of one window. */
function windowBias({ graph, last, positions, wantedRows }: LayerContext, window: number): Value {
  return graph.once(`bias:${window}:${last}`, () => {
    const slots = graph.input(names.slots(window), 'float32', [`${names.slots(window)}.count`]);
    const keyPositions = graph.concat([slots, positions], 0);
    const queryPositions = graph.unsqueeze(last ? wantedRows(positions) : positions, 1);
    const seen = graph.node('And', [
      graph.node('LessOrEqual', [keyPositions, queryPositions]),
      graph.node('Greater', [keyPositions, graph.sub(queryPositions, graph.float(window))]),
    ]);
    return graph.node('Where', [seen, graph.float(0), graph.float(masked)]);
  });
}
