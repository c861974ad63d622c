import type { GraphBuilder, Value } from '../builder';
import { chunkedScan, type ChunkedScan } from '../chunked-ssd';
import { biasOf, intoStream, tensorsOf, vector, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { gatedBySilu } from '../gate';
import { addAndNorm, rmsNorm } from '../norm';
import { splitRecurrent } from '../pending-rows';
import { asRows, inRows } from '../rows';
import { matrix, scaledRows, type Matrix, type StoredTensor } from '../stored-tensors';

/**
 * Mamba-2's state space dual. For head h with state S [stateSize, headSize], and B and C of the group that h is in:
 * `S = exp(dt * A) S + dt * B x^T`, `y = C S + D x`, then `norm(y * silu(z))`, each group's part by itself.
 */
export interface SsdMixer {
  kind: 'ssd';
  heads: number;
  headSize: number;
  stateSize: number;
  /** Heads next to each other share one B and one C; the norm takes each group's channels by themselves. */
  groups: number;
  /** Tokens that the causal convolution sees, the current one included. */
  convolution: number;
  /** dt is kept from `low` to `high`; absent = as softplus gives it. */
  stepLimit?: { low: number; high: number };
  epsilon: number;
  /** What the parts of the projection are multiplied by, where it has no bias. */
  factors?: { z: number; x: number; b: number; c: number; dt: number };
  /** Names of the checkpoint's tensors. */
  weights: {
    /** Rows z, x, B (group after group), C, dt. */
    inProjection: string;
    inProjectionBias?: string;
    convolution: string;
    convolutionBias?: string;
    dtBias: string;
    aLog: string;
    d: string;
    /** Absent where `y * silu(z)` goes on without a norm. */
    norm?: string;
    outProjection: string;
    outProjectionBias?: string;
  };
}

function sizes({ heads, headSize, stateSize, groups }: SsdMixer) {
  const inner = heads * headSize;
  const keys = groups * stateSize;
  return { inner, keys, convolved: inner + 2 * keys };
}

export function ssdTensors(mixer: SsdMixer, width: number): [name: string, shape: number[]][] {
  const { weights, heads, convolution } = mixer;
  const { inner, convolved } = sizes(mixer);
  const projected = inner + convolved + heads;
  return tensorsOf([
    [weights.inProjectionBias, [projected]],
    [weights.convolutionBias, [convolved]],
    [weights.outProjectionBias, [width]],
    [weights.inProjection, [projected, width]],
    [weights.convolution, [convolved, 1, convolution]],
    [weights.dtBias, [heads]],
    [weights.aLog, [heads]],
    [weights.d, [heads]],
    [weights.norm, [inner]],
    [weights.outProjection, [width, inner]],
  ]);
}

export function ssd(context: LayerContext, x: Value, mixer: SsdMixer): Value {
  const { graph, forms, width, prefix, states } = context;
  const { heads, headSize, stateSize, groups, convolution, weights } = mixer;
  const { inner, keys, convolved } = sizes(mixer);

  if (context.normed && !weights.inProjectionBias) forms.into.addSpareProducts?.(graph, x, width);
  const bias = biasOf(weights.inProjectionBias, inner + convolved + heads);
  const projected = forms.into.multiply(graph, x, projection(mixer, width), bias);
  const [z, [xBC, dt]] = splitRecurrent(context, projected, inner, [convolved, heads]);

  const mixed = causalConvolution(context, xBC!, {
    channels: convolved,
    size: convolution,
    weight: weights.convolution,
    bias: weights.convolutionBias,
    silu: true,
  });
  const [input, b, c] = graph.split(mixed, [inner, keys, keys], 2);

  const a = vector(weights.aLog, heads, { map: (value) => -Math.exp(value), as: `${prefix}.mixer.A` });
  const { step, decay } = stepAndDecay(context, dt!, a, mixer);
  const scaled = graph.mul(graph.reshape(input!, [-1, heads, headSize]), graph.reshape(step, [-1, heads, 1]));

  const state = { name: `${prefix}.state`, shape: [1, heads, stateSize, headSize] };
  states.recurrent.push(state);
  const scan = {
    b: b!,
    c: c!,
    x: graph.reshape(scaled, [1, -1, inner]),
    decay,
    state: graph.input(state.name, 'float32', state.shape),
  };
  const { y: scanned, after } =
    context.run === 'block' && groups === 1
      ? chunkedScan(graph, { ...scan, heads, headSize, stateSize })
      : tokenByToken(graph, scan, mixer, `${state.name}.next`);
  graph.output(after, `${state.name}.next`, 'float32', state.shape);

  const normed = readOut(context, scanned, input!, z, mixer);
  return intoStream(context, normed, matrix(weights.outProjection, width, inner), weights.outProjectionBias);
}

/** `norm((scanned + D input) * silu(z))`, [1, T, inner] both, as the rows that are asked for. */
function readOut(context: LayerContext, scanned: Value, input: Value, z: Value, mixer: SsdMixer): Value {
  const { graph, provider, forms, prefix, last, run } = context;
  const { heads, headSize, groups, weights, epsilon } = mixer;
  const { inner } = sizes(mixer);
  const d = graph.weight(vector(weights.d, heads, { repeat: headSize, as: `${prefix}.mixer.D` }));
  if (run === 'token' && weights.norm !== undefined && groups === 1) {
    // Both terms gated by themselves: the norm adds them up, in the one operator that the product makes of it.
    const y = gatedBySilu(graph, provider, scanned, z, inner);
    const skipped = gatedBySilu(graph, provider, input, z, inner, d);
    const { normed } = addAndNorm(graph, y, skipped, { weight: weights.norm, epsilon }, inner);
    forms.outOf.addSpareProducts?.(graph, normed, inner);
    return normed;
  }
  const y = asRows(context, graph.add(scanned, graph.mul(input, d)));
  const asked = last ? context.wantedRows : context.readRows;
  const gated = gatedBySilu(graph, provider, asked(y), last ? context.wantedRows(z) : z, inner);
  return groupedNorm(context, gated, mixer);
}

type Scan = Pick<ChunkedScan, 'b' | 'c' | 'x' | 'decay' | 'state'>;

function tokenByToken(
  graph: GraphBuilder,
  { b, c, x, decay, state }: Scan,
  { groups, heads }: SsdMixer,
  next: string,
): { y: Value; after: Value } {
  const [y, after] = graph.nodeWithOutputs(
    'LinearAttention',
    [c, b, x, state, decay],
    // Each group's heads read its one B and C. `scale` 0 would mean 1 / sqrt(stateSize).
    { q_num_heads: groups, kv_num_heads: heads, update_rule: 'gated', scale: { float: 1 } },
    [undefined, next],
  );
  return { y: y!, after: after! };
}

function projection(mixer: SsdMixer, width: number): Matrix {
  const { weights, heads, factors } = mixer;
  const { inner, keys } = sizes(mixer);
  const whole = matrix(weights.inProjection, 2 * (inner + keys) + heads, width);
  if (!factors) return whole;
  const { z, x, b, c, dt } = factors;
  return scaledRows(whole, [
    [inner, z],
    [inner, x],
    [keys, b],
    [keys, c],
    [heads, dt],
  ]);
}

/** `dt [1, T, heads]` as projected -> as it is used, and that times `a` */
function stepAndDecay(
  { graph, provider }: LayerContext,
  dt: Value,
  a: StoredTensor,
  { heads, weights, stepLimit }: SsdMixer,
): { step: Value; decay: Value } {
  const bias = graph.weight(vector(weights.dtBias, heads));
  // On the GPU every operator has its price, whatever it computes.
  if (provider === 'webgpu' && !stepLimit)
    return {
      step: graph.node('LinearAttentionGate', [dt, bias, graph.ones(heads)]),
      decay: graph.node('LinearAttentionGate', [dt, bias, graph.weight(a)]),
    };
  const soft = graph.node('Softplus', [graph.add(dt, bias)]);
  const step = stepLimit
    ? graph.node('Clip', [soft, graph.float(stepLimit.low), graph.float(stepLimit.high)])
    : soft;
  return { step, decay: graph.mul(step, graph.weight(a)) };
}

/** Root-mean-square norm of each group's channels by themselves: `x [T, inner]`. */
function groupedNorm(context: LayerContext, x: Value, mixer: SsdMixer): Value {
  const { graph } = context;
  const { groups, weights, epsilon } = mixer;
  const { inner } = sizes(mixer);
  if (weights.norm === undefined) return x;
  if (groups === 1) return rmsNorm(graph, x, { weight: weights.norm, epsilon }, inner);
  const size = inner / groups;
  const byGroup = [graph.reshape(x, [-1, groups, size]), graph.ones(size)];
  const options = { axis: -1, epsilon: { float: epsilon } };
  const normed = graph.node('SimplifiedLayerNormalization', byGroup, options);
  return graph.mul(inRows(context, normed, inner), graph.weight(vector(weights.norm, inner)));
}
