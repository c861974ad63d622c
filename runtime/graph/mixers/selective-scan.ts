import type { GraphBuilder, Value } from '../builder';
import { biasOf, intoStream, tensorsOf, vector, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { gatedBySilu } from '../gate';
import { scanRows } from '../loops';
import { splitWithPending } from '../pending-rows';
import { float32Product } from '../products/float32';
import { matrix, type StoredTensor } from '../stored-tensors';

/**
 * Mamba's selective scan. For channel c with state s [stateSize]: `s = exp(dt A) s + dt x B`, `y = C s + D x`, then
 * `y * silu(z)`; dt, B and C come from x, after its convolution.
 */
export interface SelectiveScanMixer {
  kind: 'selective_scan';
  inner: number;
  stateSize: number;
  /** Size that dt is projected from. */
  rank: number;
  /** Tokens that the causal convolution sees, the current one included. */
  convolution: number;
  /** Falcon-Mamba: a norm without weights on B, C and what dt is projected from, each by itself. */
  stepNormEpsilon?: number;
  /** Names of the checkpoint's tensors. */
  weights: {
    /** Rows x, z. */
    inProjection: string;
    inProjectionBias?: string;
    convolution: string;
    convolutionBias?: string;
    /** Rows dt (rank), B, C. */
    xProjection: string;
    dtProjection: string;
    dtBias: string;
    aLog: string;
    d: string;
    outProjection: string;
    outProjectionBias?: string;
  };
}

export function selectiveScanTensors(
  { weights, inner, stateSize, rank, convolution }: SelectiveScanMixer,
  width: number,
): [name: string, shape: number[]][] {
  return tensorsOf([
    [weights.inProjection, [2 * inner, width]],
    [weights.inProjectionBias, [2 * inner]],
    [weights.convolution, [inner, 1, convolution]],
    [weights.convolutionBias, [inner]],
    [weights.xProjection, [rank + 2 * stateSize, inner]],
    [weights.dtProjection, [inner, rank]],
    [weights.dtBias, [inner]],
    [weights.aLog, [inner, stateSize]],
    [weights.d, [inner]],
    [weights.outProjection, [width, inner]],
    [weights.outProjectionBias, [width]],
  ]);
}

export function selectiveScan(context: LayerContext, x: Value, mixer: SelectiveScanMixer): Value {
  const { graph, provider, forms, width, last } = context;
  const { inner, stateSize, rank, weights } = mixer;
  const projection = matrix(weights.inProjection, 2 * inner, width);
  const projected = forms.into.multiply(graph, x, projection, biasOf(weights.inProjectionBias, 2 * inner));
  const [rows, z] = splitWithPending(context, projected, [inner, inner], 0);
  const convolved = causalConvolution(context, graph.unsqueeze(rows!, 0), {
    channels: inner,
    size: mixer.convolution,
    weight: weights.convolution,
    bias: weights.convolutionBias,
    silu: true,
  });
  const input = graph.squeeze(convolved, 0);

  const selection = forms.into.multiply(
    graph,
    input,
    matrix(weights.xProjection, rank + 2 * stateSize, inner),
  );
  const [low, b, c] = graph
    .split(selection, [rank, stateSize, stateSize], 1)
    .map((value, i) => stepNorm(graph, value, i === 0 ? rank : stateSize, mixer.stepNormEpsilon));
  // Small, and what decays are made of: in float32 whatever the precision.
  const widening = matrix(weights.dtProjection, inner, rank);
  const dt = float32Product.multiply(graph, low!, widening, biasOf(weights.dtBias, inner));
  const step = graph.node('Softplus', [dt]);

  const scanned = scan(context, { input, step, b: b!, c: c! }, mixer);
  const y = graph.add(scanned, graph.mul(input, graph.weight(vector(weights.d, inner))));
  const asked = last ? context.wantedRows : context.readRows;
  const gate = last ? context.wantedRows(z!) : z!;
  const gated = gatedBySilu(graph, provider, asked(y), gate, inner);
  return intoStream(context, gated, matrix(weights.outProjection, width, inner), weights.outProjectionBias);
}

interface Scanned {
  /** [rows, inner] */
  input: Value;
  step: Value;
  /** [rows, stateSize] */
  b: Value;
  c: Value;
}

/** `C s` for each row, [rows, inner]. The state lies channels last, however it is computed. */
function scan(context: LayerContext, rows: Scanned, mixer: SelectiveScanMixer): Value {
  const { graph, provider, prefix, states } = context;
  const { inner, stateSize, weights } = mixer;
  const state = { name: `${prefix}.state`, shape: [stateSize, inner] };
  states.recurrent.push(state);
  const before = graph.input(state.name, 'float32', state.shape);
  const a = graph.weight(decays(weights.aLog, inner, stateSize));
  const { read, after } =
    provider === 'webgpu'
      ? asAttention(graph, rows, a, before, mixer)
      : tokenByToken(context, rows, a, before, mixer);
  graph.output(after, `${state.name}.next`, 'float32', state.shape);
  return read;
}

/** Linear attention of a head for each channel, with values of one number: WebGPU has no loop over tokens. */
function asAttention(
  graph: GraphBuilder,
  { input, step, b, c }: Scanned,
  a: Value,
  before: Value,
  { inner, stateSize }: SelectiveScanMixer,
): { read: Value; after: Value } {
  const byChannel = graph.mul(graph.unsqueeze(step, 2), graph.unsqueeze(graph.transpose(a, [1, 0]), 0));
  const one = (value: Value) => graph.unsqueeze(value, 0);
  const [read, after] = graph.nodeWithOutputs(
    'LinearAttention',
    [
      one(c),
      one(b),
      one(graph.mul(step, input)),
      graph.reshape(graph.transpose(before, [1, 0]), [1, inner, stateSize, 1]),
      one(graph.reshape(byChannel, [-1, inner * stateSize])),
    ],
    { q_num_heads: 1, kv_num_heads: inner, update_rule: 'gated', scale: { float: 1 } },
    [undefined, undefined],
  );
  return {
    read: graph.squeeze(read!, 0),
    after: graph.transpose(graph.reshape(after!, [inner, stateSize]), [1, 0]),
  };
}

/**
 * Decays differ by channel and by state: every form that takes many tokens at once
 * must write out tensors [rows, stateSize, inner], which leave the processor's caches, while one state stays in them.
 */
function tokenByToken(
  { graph, prefix }: LayerContext,
  { input, step, b, c }: Scanned,
  a: Value,
  before: Value,
  { inner, stateSize }: SelectiveScanMixer,
): { read: Value; after: Value } {
  const {
    states: [after],
    rows: [read],
  } = scanRows(
    graph,
    `${prefix}.scan`,
    [{ value: before, shape: [stateSize, inner] }],
    [
      { value: step, shape: [inner] },
      { value: graph.mul(step, input), shape: [inner] },
      { value: b, shape: [stateSize] },
      { value: c, shape: [stateSize] },
    ],
    (body, [state], [dt, scaled, key, query]) => {
      const decayed = body.mul(body.node('Exp', [body.mul(dt!, a)]), state!);
      const next = body.add(decayed, body.mul(body.unsqueeze(key!, 1), scaled!));
      return { states: [next], rows: [{ value: body.matmul(query!, next), shape: [inner] }] };
    },
  );
  return { read: read!, after: after! };
}

/** A [stateSize, inner] from A_log [inner, stateSize]. */
function decays(name: string, inner: number, stateSize: number): StoredTensor {
  return {
    name,
    type: 'float32',
    shape: [stateSize, inner],
    make: (read) => {
      const source = read(name);
      return Float32Array.from(
        { length: source.length },
        (_, i) => -Math.exp(source[(i % inner) * stateSize + Math.floor(i / inner)]!),
      );
    },
  };
}

function stepNorm(graph: GraphBuilder, x: Value, size: number, epsilon: number | undefined): Value {
  if (epsilon === undefined) return x;
  const ones = graph.constant(`ones(${size})`, 'float32', [size], new Float32Array(size).fill(1));
  return graph.node('SimplifiedLayerNormalization', [x, ones], { axis: -1, epsilon: { float: epsilon } });
}
