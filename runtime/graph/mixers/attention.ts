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
 * The host keeps the window in slots; scores against the slots and against the new tokens are two products whose
 * results are joined, so that nothing of the window's size is copied for a step.
 */
export function attention(context: LayerContext, x: Value, mixer: AttentionMixer): Value {
  const { graph, forms, width, prefix, last, states, positions } = context;
  const { heads, keyValueHeads, headSize, window, weights } = mixer;
  const keyWidth = keyValueHeads * headSize;
  const perKey = heads / keyValueHeads;

  const keyValue = stacked(`${prefix}.self_attn.kv_proj.weight`, [
    matrix(weights.key, keyWidth, width),
    matrix(weights.value, keyWidth, width),
  ]);
  // The scores' factor 1 / sqrt(headSize) is taken into the query's weights: exact where it is a power of two.
  const query = matrix(weights.query, heads * headSize, width, headSize ** -0.5);
  const queryRows = last ? context.wantedRows(x) : x;
  const count = last ? names.wanted : positions.count;

  const [key, value] = graph.split(forms.into.multiply(graph, x, keyValue), [keyWidth, keyWidth], 1);
  const rotatedKey = rotate(context, key!, mixer, keyValueHeads, false);
  const rotatedQuery = rotate(context, forms.into.multiply(graph, queryRows, query), mixer, heads, last);

  const byHead = (rows: Value, count: number) =>
    graph.transpose(graph.reshape(rows, [-1, count, headSize]), [1, 0, 2]);
  const q = graph.reshape(byHead(rotatedQuery, heads), [keyValueHeads, -1, headSize]);
  const newKeys = byHead(rotatedKey, keyValueHeads);
  const newValues = byHead(value!, keyValueHeads);

  const state = { name: `${prefix}.window`, window, keyValueHeads, headSize };
  states.windows.push(state);
  const slots = [keyValueHeads, `${state.name}.slots`, headSize];
  const keys = graph.input(`${state.name}.keys`, 'float32', slots);
  const values = graph.input(`${state.name}.values`, 'float32', slots);
  graph.output(newKeys, `${state.name}.keys.new`, 'float32', [keyValueHeads, 'T', headSize]);
  graph.output(newValues, `${state.name}.values.new`, 'float32', [keyValueHeads, 'T', headSize]);

  const transposed = (k: Value) => graph.transpose(k, [0, 2, 1]);
  const scores = graph.concat([graph.matmul(q, transposed(keys)), graph.matmul(q, transposed(newKeys))], 2);
  const perHead = graph.concat([graph.ints(heads), count, graph.ints(-1)], 0);
  const perKeyHead = graph.concat(
    [graph.ints(keyValueHeads), graph.mul(count, graph.ints(perKey)), graph.ints(-1)],
    0,
  );
  const biased = graph.add(graph.node('Reshape', [scores, perHead]), windowBias(context, window));
  const weightsOf = graph.node('Reshape', [graph.node('Softmax', [biased], { axis: -1 }), perKeyHead]);

  const slotCount = graph.node('Gather', [graph.node('Shape', [keys]), graph.int(1)], { axis: 0 });
  const parts = graph.concat([graph.unsqueeze(slotCount, 0), positions.count], 0);
  const [old, fresh] = graph.nodeWithOutputs('Split', [weightsOf, parts], { axis: 2 }, [
    undefined,
    undefined,
  ]);
  const summed = graph.add(graph.matmul(old!, values), graph.matmul(fresh!, newValues));

  const backToRows = graph.concat([graph.ints(heads), count, graph.ints(headSize)], 0);
  const y = graph.transpose(graph.node('Reshape', [summed, backToRows]), [1, 0, 2]);
  return forms.outOf.multiply(
    graph,
    graph.reshape(y, [-1, heads * headSize]),
    matrix(weights.out, width, heads * headSize),
  );
}

/** Rotary positions: `rows [T, heads * headSize] -> [1, T, heads * headSize]`. */
function rotate(
  context: LayerContext,
  rows: Value,
  { headSize, ropeTheta }: AttentionMixer,
  heads: number,
  wanted: boolean,
): Value {
  const { graph } = context;
  const table = (operator: 'Cos' | 'Sin') =>
    graph.once(`${operator}:${ropeTheta}:${headSize}:${wanted}`, () => {
      const angles = ropeAngles(graph, context.positions.positions, headSize, ropeTheta);
      const all = graph.once(`${operator}:${angles}`, () => graph.node(operator, [angles]));
      return graph.unsqueeze(wanted ? context.wantedRows(all) : all, 0);
    });
  return graph.node('RotaryEmbedding', [graph.unsqueeze(rows, 0), table('Cos'), table('Sin')], {
    num_heads: heads,
  });
}

/** float32 [T, headSize / 2] */
function ropeAngles(graph: GraphBuilder, positions: Value, headSize: number, theta: number): Value {
  return graph.once(`angles:${theta}:${headSize}`, () => {
    const half = headSize / 2;
    const frequencies = Float32Array.from({ length: half }, (_, i) => theta ** (-i / half));
    const constant = graph.constant(`rope frequencies:${theta}:${headSize}`, 'float32', [half], frequencies);
    return graph.mul(graph.unsqueeze(positions, 1), constant);
  });
}

/** 0 where a query sees a key, else `masked`; float32 [queries, slots + T]. The same for all layers of one window. */
function windowBias({ graph, last, positions, wantedRows }: LayerContext, window: number): Value {
  return graph.once(`bias:${window}:${last}`, () => {
    const slots = graph.input(names.slots(window), 'float32', [`${names.slots(window)}.count`]);
    const keyPositions = graph.concat([slots, positions.positions], 0);
    const queryPositions = graph.unsqueeze(last ? wantedRows(positions.positions) : positions.positions, 1);
    const seen = graph.node('And', [
      graph.node('LessOrEqual', [keyPositions, queryPositions]),
      graph.node('Greater', [keyPositions, graph.sub(queryPositions, graph.float(window))]),
    ]);
    return graph.node('Where', [seen, graph.float(0), graph.float(masked)]);
  });
}
