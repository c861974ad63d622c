import type { GraphBuilder, Value } from '../builder';
import { biased, type LayerContext } from '../context';
import { names } from '../states';
import { matrix, stacked, tensorOf, type Source } from '../stored-tensors';

/** Grouped-query attention over a window, with rotary positions (halves rotated). */
export interface AttentionMixer {
  kind: 'attention';
  heads: number;
  keyValueHeads: number;
  headSize: number;
  /** A token sees itself and the `window` - 1 tokens before it. */
  window: number;
  ropeTheta: number;
  /** Positions are multiplied by it before they are rotated by; absent = 1. */
  positionScale?: number;
  weights: {
    query: Source;
    queryBias?: Source;
    key: Source;
    keyBias?: Source;
    value: Source;
    valueBias?: Source;
    out: Source;
    outBias?: Source;
  };
}

export function attentionTensors(mixer: AttentionMixer, width: number): [name: string, shape: number[]][] {
  const { weights, heads, keyValueHeads, headSize } = mixer;
  const [queries, keys] = [heads * headSize, keyValueHeads * headSize];
  const vectors: [Source | undefined, number][] = [
    [weights.queryBias, queries],
    [weights.keyBias, keys],
    [weights.valueBias, keys],
    [weights.outBias, width],
  ];
  return [
    tensorOf(weights.query, queries, width),
    tensorOf(weights.key, keys, width),
    tensorOf(weights.value, keys, width),
    tensorOf(weights.out, width, queries),
    ...vectors.flatMap(([source, size]) => (source === undefined ? [] : [tensorOf(source, size)])),
  ];
}

/** Large enough to vanish in a softmax, small enough to stay finite in sums. */
const masked = -1e30;

/**
 * The host keeps the window in slots, in whatever order: keys carry their rotation, and the bias says which positions
 * a query sees. One operator takes slots and new tokens together, so that few score-sized tensors are ever made.
 */
export function attention(context: LayerContext, x: Value, mixer: AttentionMixer): Value {
  const { graph, forms, width, prefix, last, states } = context;
  const { heads, keyValueHeads, headSize, window, weights } = mixer;
  const keyWidth = keyValueHeads * headSize;

  const keyValue = stacked(`${prefix}.self_attn.kv_proj.weight`, [
    matrix(weights.key, keyWidth, width),
    matrix(weights.value, keyWidth, width),
  ]);
  // The scores' factor 1 / sqrt(headSize) is taken into the query's weights: exact where it is a power of two.
  const scale = headSize ** -0.5;
  const query = matrix(weights.query, heads * headSize, width, scale);
  const queryRows = last ? context.wantedRows(x) : x;

  const [key, value] = graph.split(forms.into.multiply(graph, x, keyValue), [keyWidth, keyWidth], 1);
  const biasedKey = biased(graph, key!, weights.keyBias, keyWidth);
  const rotatedKey = rotate(context, biasedKey, mixer, keyValueHeads, false);
  const product = forms.into.multiply(graph, queryRows, query);
  const biasedQuery = biased(graph, product, weights.queryBias, heads * headSize, scale);
  const rotatedQuery = rotate(context, biasedQuery, mixer, heads, last);

  const byHead = (rows: Value, count: number) =>
    graph.transpose(graph.reshape(rows, [-1, count, headSize]), [1, 0, 2]);
  const q = byHead(rotatedQuery, heads);
  const newKeys = byHead(rotatedKey, keyValueHeads);
  const newValues = byHead(biased(graph, value!, weights.valueBias, keyWidth), keyValueHeads);

  const state = { name: `${prefix}.window`, window, keyValueHeads, headSize };
  states.windows.push(state);
  const slots = [keyValueHeads, `${state.name}.slots`, headSize];
  const keys = graph.input(`${state.name}.keys`, 'float32', slots);
  const values = graph.input(`${state.name}.values`, 'float32', slots);
  graph.output(newKeys, `${state.name}.keys.new`, 'float32', [keyValueHeads, 'T', headSize]);
  graph.output(newValues, `${state.name}.values.new`, 'float32', [keyValueHeads, 'T', headSize]);

  // The joined keys and values that the operator also gives are of no use: the host keeps its slots by itself.
  const batched = (value: Value) => graph.unsqueeze(value, 0);
  const [newQ, newK, newV, pastK, pastV] = [q, newKeys, newValues, keys, values].map(batched);
  const [attended] = graph.nodeWithOutputs(
    'Attention',
    [newQ!, newK!, newV!, windowBias(context, window), pastK!, pastV!],
    { scale: { float: 1 } },
    [undefined, undefined, undefined],
  );
  const y = graph.transpose(graph.squeeze(attended!, 0), [1, 0, 2]);
  const outProjection = matrix(weights.out, width, heads * headSize);
  const out = forms.outOf.multiply(graph, graph.reshape(y, [-1, heads * headSize]), outProjection);
  return biased(graph, out, weights.outBias, width);
}

/** Rotary positions: `rows [T, heads * headSize] -> [1, T, heads * headSize]`. */
function rotate(
  context: LayerContext,
  rows: Value,
  { headSize, ropeTheta, positionScale = 1 }: AttentionMixer,
  heads: number,
  wanted: boolean,
): Value {
  const { graph } = context;
  const table = (operator: 'Cos' | 'Sin') =>
    graph.once(`${operator}:${ropeTheta}:${positionScale}:${headSize}:${wanted}`, () => {
      const angles = ropeAngles(graph, context.positions.positions, headSize, ropeTheta, positionScale);
      const all = graph.once(`${operator}:${angles}`, () => graph.node(operator, [angles]));
      return graph.unsqueeze(wanted ? context.wantedRows(all) : all, 0);
    });
  return graph.node('RotaryEmbedding', [graph.unsqueeze(rows, 0), table('Cos'), table('Sin')], {
    num_heads: heads,
  });
}

/** float32 [T, headSize / 2] */
function ropeAngles(
  graph: GraphBuilder,
  positions: Value,
  headSize: number,
  theta: number,
  scale: number,
): Value {
  return graph.once(`angles:${theta}:${scale}:${headSize}`, () => {
    const half = headSize / 2;
    const frequencies = Float32Array.from({ length: half }, (_, i) => scale * theta ** (-i / half));
    const name = `rope frequencies:${theta}:${headSize}` + (scale === 1 ? '' : `:${scale}`);
    const constant = graph.constant(name, 'float32', [half], frequencies);
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
