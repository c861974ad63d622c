import type { Value } from './builder';
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
