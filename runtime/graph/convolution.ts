import type { Value } from './builder';
import { vector, type LayerContext } from './context';
import type { StoredTensor } from './stored-tensors';

/** A causal convolution along the tokens, each channel by itself. */
export interface CausalConvolution {
  channels: number;
  /** Tokens that it sees, the current one included. */
  size: number;
  /** Name of the tensor [channels, 1, size], or how it is made; the current token's weight is the last. */
  weight: string | StoredTensor;
  /** Name of the tensor [channels]. */
  bias?: string;
  /** Tells its state from that of another in the same layer. */
  state?: string;
}

/** `rows [1, pending + T, channels]` -> the same shape. What it sees of earlier tokens is a state. */
export function causalConvolution(
  { graph, prefix, states }: LayerContext,
  rows: Value,
  convolution: CausalConvolution,
): Value {
  const { channels, size, bias } = convolution;
  const state = { name: `${prefix}.${convolution.state ?? 'convolution'}`, shape: [1, size - 1, channels] };
  const next = `${state.name}.next`;
  // Its own SiLU is taken number by number and costs as much as the convolution: QuickGelu's is not.
  const [mixed] = graph.nodeWithOutputs(
    'CausalConvWithState',
    [
      rows,
      graph.weight(kernelOf(convolution)),
      bias === undefined ? '' : graph.weight(vector(bias, channels)),
      graph.input(state.name, 'float32', state.shape),
    ],
    { activation: 'none', ndim: 1, channels_last: 1 },
    [undefined, next],
  );
  graph.output(next, next, 'float32', state.shape);
  states.recurrent.push(state);
  return mixed!;
}

export function kernelOf({ channels, size, weight }: CausalConvolution): StoredTensor {
  if (typeof weight !== 'string') return weight;
  return { name: weight, type: 'float32', shape: [channels, 1, size], make: (read) => read(weight) };
}
