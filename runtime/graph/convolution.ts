import type { Value } from './builder';
import { vector, type LayerContext } from './context';
import type { StoredTensor } from './stored-tensors';

/** A causal convolution of each channel by itself. */
export interface CausalConvolution {
  channels: number;
  /** Tokens that it sees, the current one included. */
  size: number;
  /** [channels, 1, size], the current token's weight last. */
  kernel: StoredTensor;
  /** Name of the tensor [channels]. */
  bias?: string;
  /** Name of its state, the inputs that it still sees [1, size - 1, channels]. */
  state: string;
}

/** A checkpoint's kernel [channels, 1, size] as it is. */
export function kernelOf(name: string, channels: number, size: number): StoredTensor {
  return { name, type: 'float32', shape: [channels, 1, size], make: (read) => read(name) };
}

/** `x [1, T, channels] -> [1, T, channels]` */
export function causalConvolution(
  { graph, states }: LayerContext,
  x: Value,
  { channels, size, kernel, bias, state }: CausalConvolution,
): Value {
  const shape = [1, size - 1, channels];
  // Its own SiLU is taken number by number and costs as much as the convolution: QuickGelu's is not.
  const [convolved] = graph.nodeWithOutputs(
    'CausalConvWithState',
    [
      x,
      graph.weight(kernel),
      bias === undefined ? '' : graph.weight(vector(bias, channels)),
      graph.input(state, 'float32', shape),
    ],
    { activation: 'none', ndim: 1, channels_last: 1 },
    [undefined, `${state}.next`],
  );
  graph.output(`${state}.next`, `${state}.next`, 'float32', shape);
  states.recurrent.push({ name: state, shape });
  return convolved!;
}
