import type { Value } from '../builder';
import { vector, type LayerContext } from '../context';
import { rmsNorm } from '../norm';
import { matrix, type StoredTensor } from '../stored-tensors';

/**
 * Mamba-2's state space dual with one group. For head h with state S [stateSize, headSize]:
 * `S = exp(dt * A) S + dt * B x^T`, `y = C S + D x`, then `norm(y * silu(z))`.
 */
export interface SsdMixer {
  kind: 'ssd';
  heads: number;
  headSize: number;
  stateSize: number;
  /** Tokens that the causal convolution sees, the current one included. */
  convolution: number;
  epsilon: number;
  /** Names of the checkpoint's tensors. */
  weights: {
    /** Rows z, x, B, C, dt. */
    inProjection: string;
    convolution: string;
    convolutionBias: string;
    dtBias: string;
    aLog: string;
    d: string;
    norm: string;
    outProjection: string;
  };
}

function sizes({ heads, headSize, stateSize }: SsdMixer) {
  const inner = heads * headSize;
  return { inner, convolved: inner + 2 * stateSize };
}

export function ssdTensors(mixer: SsdMixer, width: number): [name: string, shape: number[]][] {
  const { weights, heads, convolution } = mixer;
  const { inner, convolved } = sizes(mixer);
  return [
    [weights.inProjection, [inner + convolved + heads, width]],
    [weights.convolution, [convolved, 1, convolution]],
    [weights.convolutionBias, [convolved]],
    [weights.dtBias, [heads]],
    [weights.aLog, [heads]],
    [weights.d, [heads]],
    [weights.norm, [inner]],
    [weights.outProjection, [width, inner]],
  ];
}

export function ssd(context: LayerContext, x: Value, mixer: SsdMixer): Value {
  const { graph, forms, width, prefix, last, states } = context;
  const { heads, headSize, stateSize, convolution, weights } = mixer;
  const { inner, convolved } = sizes(mixer);

  const projected = forms.into.multiply(
    graph,
    x,
    matrix(weights.inProjection, inner + convolved + heads, width),
  );
  const [z, xBC, dt] = graph.split(graph.unsqueeze(projected, 0), [inner, convolved, heads], 2);

  const convolutionState = { name: `${prefix}.convolution`, shape: [1, convolution - 1, convolved] };
  const kernel: StoredTensor = {
    name: weights.convolution,
    type: 'float32',
    shape: [convolved, 1, convolution],
    make: (read) => read(weights.convolution),
  };
  const [mixed] = graph.nodeWithOutputs(
    'CausalConvWithState',
    [
      xBC!,
      graph.weight(kernel),
      graph.weight(vector(weights.convolutionBias, convolved)),
      graph.input(convolutionState.name, 'float32', convolutionState.shape),
    ],
    { activation: 'silu', ndim: 1, channels_last: 1 },
    [undefined, `${convolutionState.name}.next`],
  );
  graph.output(
    `${convolutionState.name}.next`,
    `${convolutionState.name}.next`,
    'float32',
    convolutionState.shape,
  );
  const [input, b, c] = graph.split(mixed!, [inner, stateSize, stateSize], 2);

  const step = graph.node('Softplus', [graph.add(dt!, graph.weight(vector(weights.dtBias, heads)))]);
  const a = vector(weights.aLog, heads, { map: (value) => -Math.exp(value), as: `${prefix}.mixer.A` });
  const decay = graph.mul(step, graph.weight(a));
  const scaled = graph.mul(graph.reshape(input!, [-1, heads, headSize]), graph.reshape(step, [-1, heads, 1]));

  const state = { name: `${prefix}.state`, shape: [1, heads, stateSize, headSize] };
  const [scanned] = graph.nodeWithOutputs(
    'LinearAttention',
    [c!, b!, graph.reshape(scaled, [1, -1, inner]), graph.input(state.name, 'float32', state.shape), decay],
    // One B and one C serve all heads. `scale` 0 would mean 1 / sqrt(stateSize).
    { q_num_heads: 1, kv_num_heads: heads, update_rule: 'gated', scale: { float: 1 } },
    [undefined, `${state.name}.next`],
  );
  graph.output(`${state.name}.next`, `${state.name}.next`, 'float32', state.shape);
  states.recurrent.push(convolutionState, state);

  const d = vector(weights.d, heads, { repeat: headSize, as: `${prefix}.mixer.D` });
  const y = graph.add(scanned!, graph.mul(input!, graph.weight(d)));
  const rows = (value: Value) =>
    last ? context.wantedRows(graph.squeeze(value, 0)) : graph.squeeze(value, 0);
  const gated = graph.mul(rows(y), graph.silu(rows(z!)));
  const normed = rmsNorm(graph, gated, weights.norm, inner, mixer.epsilon);
  return forms.outOf.multiply(graph, normed, matrix(weights.outProjection, width, inner));
}
