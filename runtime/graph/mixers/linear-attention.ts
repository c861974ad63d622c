import type { GraphBuilder, Value } from '../builder';
import { intoStream, type LayerContext } from '../context';
import { freshRows, withPending } from '../pending-rows';
import { matrix, stacked } from '../stored-tensors';

/**
 * Based's linear attention: softmax's exponential replaced by its Taylor polynomial of degree 2. With
 * `s = q . k / sqrt(featureSize)` a key weighs `1 + s + s^2 / 2`, which is a product of features of q and of k:
 * `S = S + f(k) v^T`, `z = z + f(k)`, `y = f(q) S / (f(q) . z)`.
 */
export interface LinearAttentionMixer {
  kind: 'linear_attention';
  heads: number;
  headSize: number;
  /** Size of a head's queries and keys. */
  featureSize: number;
  /** Names of the checkpoint's tensors. */
  weights: { query: string; key: string; value: string; out: string };
}

function sizes({ heads, headSize, featureSize }: LinearAttentionMixer) {
  return { keys: heads * featureSize, inner: heads * headSize };
}

export function linearAttentionTensors(
  mixer: LinearAttentionMixer,
  width: number,
): [name: string, shape: number[]][] {
  const { keys, inner } = sizes(mixer);
  const { query, key, value, out } = mixer.weights;
  return [
    [query, [keys, width]],
    [key, [keys, width]],
    [value, [inner, width]],
    [out, [width, inner]],
  ];
}

/** Added to the sum of weights that the values' sum is divided by, which is at least half the number of tokens. */
const epsilon = 1e-12;

export function linearAttention(context: LayerContext, x: Value, mixer: LinearAttentionMixer): Value {
  const { graph, forms, width, prefix, last, states } = context;
  const { heads, headSize, featureSize, weights } = mixer;
  const { keys, inner } = sizes(mixer);
  const projection = stacked(`${prefix}.mixer.qkv.weight`, [
    matrix(weights.query, keys, width),
    matrix(weights.key, keys, width),
    matrix(weights.value, inner, width),
  ]);
  const product = forms.into.multiply(graph, x, projection);
  const [fresh] = graph.nodeWithOutputs('Identity', [product], {}, [freshRows(context)]);
  const rows = withPending(context, fresh!, 2 * keys + inner);
  const [query, key, value] = graph.split(rows, [keys, keys, inner], 1);

  // A column of ones behind the values sums up the features, z, in the same pass.
  const columns = headSize + 1;
  const counted = graph.node('Pad', [
    graph.reshape(value!, [-1, heads, headSize]),
    graph.ints(0, 0, 0, 0, 0, 1),
    graph.float(1),
  ]);
  const features = (rows: Value) =>
    graph.reshape(taylorFeatures(graph, graph.reshape(rows, [-1, featureSize]), featureSize), [
      1,
      -1,
      heads * featureCount(featureSize),
    ]);
  const state = { name: `${prefix}.state`, shape: [1, heads, featureCount(featureSize), columns] };
  states.recurrent.push(state);
  const [summed] = graph.nodeWithOutputs(
    'LinearAttention',
    [
      features(query!),
      features(key!),
      graph.reshape(counted, [1, -1, heads * columns]),
      graph.input(state.name, 'float32', state.shape),
    ],
    // `scale` 0 would mean 1 / sqrt(features).
    { q_num_heads: heads, kv_num_heads: heads, update_rule: 'linear', scale: { float: 1 } },
    [undefined, `${state.name}.next`],
  );
  graph.output(`${state.name}.next`, `${state.name}.next`, 'float32', state.shape);

  const asked = last ? context.wantedRows : context.readRows;
  const perHead = asked(graph.reshape(summed!, [-1, heads, columns]));
  const [sums, weight] = graph.split(perHead, [headSize, 1], 2);
  const y = graph.node('Div', [sums!, graph.add(weight!, graph.float(epsilon))]);
  return intoStream(context, graph.reshape(y, [-1, inner]), matrix(weights.out, width, inner));
}

/** 1, each entry, and each pair of entries once: x y and y x have the same weight, so one stands for both. */
function featureCount(size: number): number {
  return 1 + size + (size * (size + 1)) / 2;
}

/**
 * `x [rows, size] -> [rows, featureCount(size)]` so that `f(q) . f(k) = 1 + s + s^2 / 2`. Every feature is a product of
 * two factors, each an entry of x or 1: two small matrix products make all of the factors.
 */
function taylorFeatures(graph: GraphBuilder, x: Value, size: number): Value {
  const count = featureCount(size);
  const [left, right] = [0, 1].map(() => ({
    matrix: new Float32Array(size * count),
    bias: new Float32Array(count),
  }));
  let at = 0;
  const feature = (i: number | undefined, j: number | undefined, scale: number) => {
    if (i === undefined) left!.bias[at] = scale;
    else left!.matrix[i * count + at] = scale;
    if (j === undefined) right!.bias[at] = 1;
    else right!.matrix[j * count + at] = 1;
    at++;
  };
  feature(undefined, undefined, 1);
  for (let i = 0; i < size; i++) feature(i, undefined, size ** -0.25);
  for (let i = 0; i < size; i++)
    for (let j = i; j < size; j++) feature(i, j, (i === j ? Math.SQRT1_2 : 1) * size ** -0.5);
  const [first, second] = [left!, right!].map(({ matrix, bias }, side) =>
    graph.node('Gemm', [
      x,
      graph.constant(`taylor:${size}:matrix.${side}`, 'float32', [size, count], matrix),
      graph.constant(`taylor:${size}:bias.${side}`, 'float32', [count], bias),
    ]),
  );
  return graph.mul(first!, second!);
}
