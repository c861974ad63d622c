import type { GraphBuilder, Value } from './builder';
import type { ModalFilter, ModalInput } from './modal-convolution';
import { modePart, stateKernel } from './modal-tables';
import { rowOf } from './rope';

/** Linear attention takes no keys that are longer than 256. */
export const mostModesOfToken = 128;

/**
 * The modal convolution of one token, for WebGPU, where the number of operators decides: three, each one of which does as a whole what
 * another family has it for. A convolution over state and token gives the output, a rotation multiplies states by poles as it does
 * halves of heads by cosines and sines, and linear attention adds the token to the real part of every mode.
 */
export function convolveToken(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  { u, state, channels, skip }: ModalInput,
): { y: Value; state: Value } {
  const { modes } = filter;
  const states = 2 * modes;
  const token = graph.reshape(u, [1, 1, channels]);
  const [y] = graph.nodeWithOutputs(
    'CausalConvWithState',
    [
      token,
      graph.weight(stateKernel(`${name}.token`, filter, channels, skip)),
      '',
      graph.reshape(state, [1, states, channels]),
    ],
    { activation: 'none', ndim: 1, channels_last: 1 },
    [undefined, undefined],
  );

  const [real, imaginary] = [0, 1].map((part) =>
    graph.weight(modePart(`${name}.poles.${part}`, filter.poles, filter, channels, part)),
  );
  const byMode = graph.reshape(state, [1, modes, 2 * channels]);
  // A mode is a position, so that each has a row of the tables.
  const carried = graph.node('RotaryEmbedding', [byMode, rowOf(graph, 0), real!, imaginary!], {
    num_heads: 1,
  });

  const realParts = Float32Array.from({ length: states }, (_, i) => 1 - (i % 2));
  const key = graph.constant(`real parts of ${modes}`, 'float32', [1, 1, states], realParts);
  const [, after] = graph.nodeWithOutputs(
    'LinearAttention',
    [key, key, token, graph.reshape(carried, [1, 1, states, channels])],
    { q_num_heads: 1, kv_num_heads: 1, update_rule: 'linear', scale: { float: 1 } },
    [undefined, undefined],
  );
  return { y: graph.reshape(y!, [1, channels]), state: graph.reshape(after!, [states, channels]) };
}
