import type { GraphBuilder, Value } from '../builder';
import { intoStream, tensorsOf, vector, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { rmsNorm } from '../norm';
import { splitRecurrent } from '../pending-rows';
import { asRows, inRows } from '../rows';
import { matrix, pickedRows, stacked, type Matrix } from '../stored-tensors';

/**
 * Gated delta net. For value head h with state S [keySize, valueSize], and q and k (each of length 1) of the key head
 * that h is in: `S = exp(g) S`, `S = S + k (beta (v - S^T k))^T`, `y = S^T q / sqrt(keySize)`, then each head's
 * `norm(y) * silu(z)`.
 */
export interface GatedDeltaMixer {
  kind: 'gated_delta';
  keyHeads: number;
  keySize: number;
  /** A multiple of `keyHeads`: value heads next to each other share a key head. */
  valueHeads: number;
  valueSize: number;
  /** Tokens that the causal convolution sees, the current one included. */
  convolution: number;
  epsilon: number;
  /** Names of the checkpoint's tensors. */
  weights: {
    projections: DeltaProjections;
    /** Channels q, k, v. */
    convolution: string;
    dtBias: string;
    aLog: string;
    norm: string;
    outProjection: string;
  };
}

/** z gates what is read out; a gives `g`, b gives `beta`. */
export type DeltaProjections =
  | { qkv: string; z: string; b: string; a: string }
  /** For each key head by itself its q, k, v, z and its b, a. */
  | { qkvz: string; ba: string };

function sizes({ keyHeads, keySize, valueHeads, valueSize }: GatedDeltaMixer) {
  const keys = keyHeads * keySize;
  const values = valueHeads * valueSize;
  return { keys, values, convolved: 2 * keys + values };
}

export function gatedDeltaTensors(mixer: GatedDeltaMixer, width: number): [name: string, shape: number[]][] {
  const { weights, valueHeads, valueSize, convolution } = mixer;
  const { values, convolved } = sizes(mixer);
  const { projections } = weights;
  const projected: [string, number[]][] =
    'qkvz' in projections
      ? [
          [projections.qkvz, [convolved + values, width]],
          [projections.ba, [2 * valueHeads, width]],
        ]
      : [
          [projections.qkv, [convolved, width]],
          [projections.z, [values, width]],
          [projections.b, [valueHeads, width]],
          [projections.a, [valueHeads, width]],
        ];
  return tensorsOf([
    ...projected,
    [weights.convolution, [convolved, 1, convolution]],
    [weights.dtBias, [valueHeads]],
    [weights.aLog, [valueHeads]],
    [weights.norm, [valueSize]],
    [weights.outProjection, [width, values]],
  ]);
}

export function gatedDelta(context: LayerContext, x: Value, mixer: GatedDeltaMixer): Value {
  const { graph, provider, forms, width, prefix, last, states } = context;
  const { keyHeads, keySize, valueHeads, valueSize, convolution, weights } = mixer;
  const { keys, values, convolved } = sizes(mixer);

  if (context.normed) forms.into.addSpareProducts?.(graph, x, width);
  const projected = forms.into.multiply(graph, x, projection(mixer, width, prefix));
  const [z, [qkv, b, a]] = splitRecurrent(context, projected, values, [convolved, valueHeads, valueHeads]);
  const mixed = causalConvolution(context, qkv!, {
    channels: convolved,
    size: convolution,
    weight: weights.convolution,
    silu: true,
  });
  const [q, k, v] = graph.split(mixed, [keys, keys, values], 2);

  const bias = vector(weights.dtBias, valueHeads);
  const dt = provider === 'cpu' && graph.node('Softplus', [graph.add(a!, graph.weight(bias))]);
  const rate = vector(weights.aLog, valueHeads, {
    map: (value) => -Math.exp(value),
    as: `${prefix}.mixer.A`,
  });
  const state = { name: `${prefix}.state`, shape: [1, valueHeads, keySize, valueSize] };
  const next = `${state.name}.next`;
  const [scanned] = graph.nodeWithOutputs(
    'LinearAttention',
    [
      unitHeads(graph, q!, keyHeads, keySize, keySize ** -0.5),
      unitHeads(graph, k!, keyHeads, keySize, 1),
      v!,
      graph.input(state.name, 'float32', state.shape),
      dt
        ? graph.mul(dt, graph.weight(rate))
        : graph.node('LinearAttentionGate', [a!, graph.weight(bias), graph.weight(rate)]),
      graph.node('Sigmoid', [b!]),
    ],
    // `scale` 0 would mean 1 / sqrt(keySize).
    { q_num_heads: keyHeads, kv_num_heads: valueHeads, update_rule: 'gated_delta', scale: { float: 1 } },
    [undefined, next],
  );
  graph.output(next, next, 'float32', state.shape);
  states.recurrent.push(state);

  const asked = last ? context.wantedRows : context.readRows;
  const heads = graph.reshape(asked(asRows(context, scanned!)), [-1, valueHeads, valueSize]);
  const gated = gatedNorm(context, heads, last ? context.wantedRows(z!) : z!, mixer);
  return intoStream(context, gated, matrix(weights.outProjection, width, values));
}

/** `norm(heads [T, valueHeads, valueSize]) * silu(z)` -> [T, valueHeads * valueSize]; on the GPU every operator has its price. */
function gatedNorm(context: LayerContext, heads: Value, z: Value, mixer: GatedDeltaMixer): Value {
  const { graph, provider } = context;
  const { valueHeads, valueSize, weights, epsilon } = mixer;
  const flat = (value: Value) => inRows(context, value, valueHeads * valueSize);
  if (provider === 'cpu') {
    const normed = flat(rmsNorm(graph, heads, { weight: weights.norm, epsilon }, valueSize));
    return graph.mul(normed, graph.silu(z));
  }
  const weight = graph.weight(vector(weights.norm, valueSize));
  const gate = graph.reshape(z, [-1, valueHeads, valueSize]);
  return flat(graph.node('GatedRMSNorm', [heads, weight, gate], { epsilon: { float: epsilon } }));
}

/** Below it the square of a head's length counts as much. */
const smallestSquare = 1e-6;

/** Each head `x / sqrt(sum(x^2) + 1e-6) * length`, written as a root-mean-square norm. */
function unitHeads(graph: GraphBuilder, x: Value, heads: number, size: number, length: number): Value {
  const weight = length / Math.sqrt(size);
  const weights = graph.constant(
    `filled(${size}, ${weight})`,
    'float32',
    [size],
    new Float32Array(size).fill(weight),
  );
  const normed = graph.node(
    'SimplifiedLayerNormalization',
    [graph.reshape(x, [1, -1, heads, size]), weights],
    {
      axis: -1,
      epsilon: { float: smallestSquare / size },
    },
  );
  return graph.reshape(normed, [1, -1, heads * size]);
}

/** Rows z, q, k, v, b, a: what the recurrence does not take in comes first. */
function projection(mixer: GatedDeltaMixer, width: number, prefix: string): Matrix {
  const { weights, keyHeads, keySize, valueHeads, valueSize } = mixer;
  const { keys, values, convolved } = sizes(mixer);
  const { projections } = weights;
  const name = `${prefix}.linear_attn.in_proj.weight`;
  if (!('qkvz' in projections))
    return stacked(name, [
      matrix(projections.z, values, width),
      matrix(projections.qkv, convolved, width),
      matrix(projections.b, valueHeads, width),
      matrix(projections.a, valueHeads, width),
    ]);
  const perKey = valueHeads / keyHeads;
  const groupValues = perKey * valueSize;
  const both = stacked(name, [
    matrix(projections.qkvz, convolved + values, width),
    matrix(projections.ba, 2 * valueHeads, width),
  ]);
  const part = (start: number, group: number, from: number, size: number) =>
    Array.from({ length: keyHeads }, (_, head) =>
      Array.from({ length: size }, (_, i) => start + head * group + from + i),
    ).flat();
  const group = 2 * keySize + 2 * groupValues;
  const gates = 2 * (keys + values);
  return pickedRows(name, both, [
    ...part(0, group, 2 * keySize + groupValues, groupValues),
    ...part(0, group, 0, keySize),
    ...part(0, group, keySize, keySize),
    ...part(0, group, 2 * keySize, groupValues),
    ...part(gates, 2 * perKey, 0, perKey),
    ...part(gates, 2 * perKey, perKey, perKey),
  ]);
}
