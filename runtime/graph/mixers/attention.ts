import { attend } from '../attend';
import { attendJoining, attendOnDevice, joinsItself } from '../attend-on-device';
import type { Value } from '../builder';
import { biasOf, intoStream, type LayerContext } from '../context';
import { rmsNorm, type RmsNorm } from '../norm';
import { withBias } from '../products/form';
import { rotate, type Rope } from '../rope';
import { inRows, splitRows } from '../rows';
import { matrix, nameOf, partsOf, pickedRows, stacked, tensorOf, type Source } from '../stored-tensors';

/** Grouped-query attention: softmax of `scale q k^T` over the tokens that a query sees, times their values. */
export interface AttentionMixer {
  kind: 'attention';
  heads: number;
  keyValueHeads: number;
  headSize: number;
  /** A token sees itself and the `window` - 1 tokens before it; Infinity = all of them. */
  window: number;
  /** Absent where heads know no positions. */
  rope?: Rope;
  /** Absent = 1 / sqrt(headSize). */
  scale?: number;
  /** Norms of each head by itself, before its rotation. */
  norms?: { query: RmsNorm; key: RmsNorm };
  /** `weights.query` holds, without biases, a gate behind the query of every head: the head's result is multiplied by its sigmoid. */
  gated?: boolean;
  /** Names of the checkpoint's tensors. */
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
  const { weights, heads, keyValueHeads, headSize, gated, norms } = mixer;
  const keyWidth = keyValueHeads * headSize;
  const queryWidth = heads * headSize * (gated ? 2 : 1);
  const vectors: [Source | undefined, number][] = [
    [weights.queryBias, queryWidth],
    [weights.keyBias, keyWidth],
    [weights.valueBias, keyWidth],
    [weights.outBias, width],
    [norms?.query.weight, headSize],
    [norms?.key.weight, headSize],
  ];
  return [
    tensorOf(weights.query, queryWidth, width),
    tensorOf(weights.key, keyWidth, width),
    tensorOf(weights.value, keyWidth, width),
    tensorOf(weights.out, width, heads * headSize),
    ...vectors.flatMap(([source, size]) => (source === undefined ? [] : [tensorOf(source, size)])),
  ];
}

/** The host keeps keys and values, in slots: see `WindowState`. */
export function attention(context: LayerContext, x: Value, mixer: AttentionMixer): Value {
  const { graph, prefix, last, states } = context;
  const { heads, keyValueHeads, headSize, window, weights, norms } = mixer;
  const keyWidth = keyValueHeads * headSize;

  // One operator answers for as many queries as there are new keys.
  const joins = joinsItself(context, window);
  const wanted = (rows: Value) => (last ? context.wantedRows(rows) : rows);
  const queryRows = joins ? x : wanted(x);

  const [key, value] = keyAndValue(context, x, mixer);
  const biasedKey = withBias(graph, key, biasOf(weights.keyBias, keyWidth));
  const rotatedKey = placed(context, biasedKey, mixer, keyValueHeads, norms?.key, false);
  const query = queryOf(context, queryRows, mixer);
  const rotatedQuery = placed(context, query, mixer, heads, queryNorm(mixer), last && !joins);

  const biasedValue = withBias(graph, value, biasOf(weights.valueBias, keyWidth));

  const state = { name: `${prefix}.window`, window, keyValueHeads, headSize };
  states.windows.push(state);
  if (joins) {
    const attended = attendJoining(context, [rotatedQuery, rotatedKey, biasedValue], state, heads);
    return projected(context, wanted(attended), wanted(x), mixer);
  }

  const byHead = (rows: Value, count: number) =>
    graph.transpose(graph.reshape(rows, [-1, count, headSize]), [1, 0, 2]);
  const q = byHead(rotatedQuery, heads);
  const newKeys = byHead(rotatedKey, keyValueHeads);
  const newValues = byHead(biasedValue, keyValueHeads);

  const slots = [...(states.onDevice ? [1] : []), keyValueHeads, `${state.name}.slots`, headSize];
  const keys = graph.input(`${state.name}.keys`, 'float32', slots);
  const values = graph.input(`${state.name}.values`, 'float32', slots);
  const kept = { keys, values };
  const fresh = { keys: newKeys, values: newValues };
  if (!states.onDevice) {
    graph.output(newKeys, `${state.name}.keys.new`, 'float32', [keyValueHeads, 'T', headSize]);
    graph.output(newValues, `${state.name}.values.new`, 'float32', [keyValueHeads, 'T', headSize]);
  }
  const seen = { window, kept, fresh, heads, keyValueHeads, headSize };
  const attended = states.onDevice ? attendOnDevice(context, q, seen, state) : attend(context, q, seen);
  const y = graph.transpose(attended, [1, 0, 2]);
  return projected(context, graph.reshape(y, [-1, heads * headSize]), queryRows, mixer);
}

/** As projected, without biases: [T, keyValueHeads * headSize] */
function keyAndValue(
  context: LayerContext,
  x: Value,
  { keyValueHeads, headSize, weights }: AttentionMixer,
): [key: Value, value: Value] {
  const { graph, forms, width, prefix } = context;
  const size = keyValueHeads * headSize;
  const parts = [matrix(weights.key, size, width), matrix(weights.value, size, width)];
  const both = stacked(`${prefix}.self_attn.kv_proj.weight`, parts);
  const { into } = forms;
  const products = into.joinsProducts?.(width)
    ? partsOf(both, parts).map((part) => into.multiply(graph, x, part))
    : splitRows(context, into.multiply(graph, x, both), [size, size]);
  return [products[0]!, products[1]!];
}

/** What the heads give [Q, heads * headSize] -> [Q, width] */
function projected(context: LayerContext, y: Value, queryRows: Value, mixer: AttentionMixer): Value {
  const { heads, headSize, weights } = mixer;
  const out = matrix(weights.out, context.width, heads * headSize);
  return intoStream(context, gate(context, y, queryRows, mixer), out, weights.outBias);
}

/**
 * The scores' factor: taken into what makes the queries, where it costs nothing; exact where it is a power of two. What rotation
 * multiplies queries and keys by meets every score twice, as heads are rotated whole then.
 */
function scaleOf({ scale, headSize, rope }: AttentionMixer): number {
  return (scale ?? headSize ** -0.5) * (rope?.amplitude ?? 1) ** 2;
}

function queryNorm(mixer: AttentionMixer): RmsNorm | undefined {
  return mixer.norms && { ...mixer.norms.query, factor: scaleOf(mixer) };
}

/** The queries as projected, multiplied by the scores' factor unless their norm does that: [T, heads * headSize]. */
function queryOf({ graph, forms, width }: LayerContext, x: Value, mixer: AttentionMixer): Value {
  const { heads, headSize, weights, norms, gated } = mixer;
  const factor = norms ? 1 : scaleOf(mixer);
  const size = heads * headSize;
  if (gated) return forms.into.multiply(graph, x, queryOrGate(mixer, width, 'query', factor));
  const product = forms.into.multiply(graph, x, matrix(weights.query, size, width, factor));
  // By itself, as those of keys and values: products with biases are not joined.
  return withBias(graph, product, biasOf(weights.queryBias, size, factor));
}

function gate({ graph, forms, width }: LayerContext, y: Value, x: Value, mixer: AttentionMixer): Value {
  if (!mixer.gated) return y;
  const product = forms.into.multiply(graph, x, queryOrGate(mixer, width, 'gate'));
  return graph.mul(y, graph.node('Sigmoid', [product]));
}

function queryOrGate(mixer: AttentionMixer, width: number, part: 'query' | 'gate', factor = 1) {
  const { heads, headSize, weights } = mixer;
  const both = matrix(weights.query, 2 * heads * headSize, width, factor);
  const rows = Array.from({ length: heads * headSize }, (_, i) => {
    const head = Math.floor(i / headSize);
    return i + (part === 'query' ? head : head + 1) * headSize;
  });
  return pickedRows(`${nameOf(weights.query, both.rows)}.${part}`, both, rows);
}

/** Queries or keys [T, count * headSize] with their norm and their position. */
function placed(
  context: LayerContext,
  rows: Value,
  { headSize, rope }: AttentionMixer,
  count: number,
  norm: RmsNorm | undefined,
  wanted: boolean,
): Value {
  const { graph } = context;
  const byHead = norm && rmsNorm(graph, graph.reshape(rows, [-1, count, headSize]), norm, headSize);
  const normed = byHead === undefined ? rows : inRows(context, byHead, count * headSize);
  return rope ? rotate(context, normed, rope, { count, size: headSize }, wanted) : normed;
}
