import type { GraphBuilder, Value } from './builder';
import { vector, type LayerContext } from './context';
import type { StoredTensor } from './stored-tensors';

/** A causal convolution along the tokens, each channel by itself. */
export interface CausalConvolution {
  channels: number;
  /** Tokens that it sees, the current one included. */
  size: number;
  /** Name of the tensor [channels, 1, size]. */
  weight: string;
  /** Name of the tensor [channels]. */
  bias?: string;
  /** Its result goes through SiLU. */
  silu?: boolean;
}

/** `rows [1, pending + T, channels]` -> the same shape. What it sees of earlier tokens is a state. */
export function causalConvolution(
  { graph, provider, prefix, states }: LayerContext,
  rows: Value,
  { channels, size, weight, bias, silu = false }: CausalConvolution,
): Value {
  const state = { name: `${prefix}.convolution`, shape: [1, size - 1, channels] };
  const kernel: StoredTensor = {
    name: weight,
    type: 'float32',
    shape: [channels, 1, size],
    make: (read) => read(weight),
  };
  const next = `${state.name}.next`;
  // On the CPU its own SiLU is taken number by number and costs as much as the convolution: QuickGelu's is not.
  const own = silu && provider !== 'cpu';
  const [mixed] = graph.nodeWithOutputs(
    'CausalConvWithState',
    [
      rows,
      graph.weight(kernel),
      bias === undefined ? '' : graph.weight(vector(bias, channels)),
      graph.input(state.name, 'float32', state.shape),
    ],
    { activation: own ? 'silu' : 'none', ndim: 1, channels_last: 1 },
    [undefined, next],
  );
  graph.output(next, next, 'float32', state.shape);
  states.recurrent.push(state);
  return silu && !own ? graph.silu(mixed!) : mixed!;
}

/**
 * A causal convolution without a state: `rows [batch, T, channels]` -> the same shape, each row from itself and the `size` - 1 before
 * it. On WebGPU channels lie last inside the operator too, so that both transpositions vanish.
 * @param kernel [channels, channels / groups, size], the row's own weight last
 */
export function convolveRows(
  graph: GraphBuilder,
  rows: Value,
  kernel: Value,
  { size, groups }: { size: number; groups: number },
): Value {
  const attributes = { group: groups, pads: { ints: [size - 1, 0] } };
  const convolved = graph.node('Conv', [graph.transpose(rows, [0, 2, 1]), kernel], attributes);
  return graph.transpose(convolved, [0, 2, 1]);
}
