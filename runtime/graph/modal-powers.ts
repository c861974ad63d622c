import type { GraphBuilder, Value } from './builder';
import { complexProduct } from './complex';
import { convolveRows } from './convolution';
import type { ModalFilter, ModalInput } from './modal-convolution';
import { modalChunk, modesAsRows, powers, responseKernel } from './modal-tables';

/** Parts of complex numbers as factors: Re(z w) is then a sum over parts. */
export function conjugate(graph: GraphBuilder): Value {
  return graph.constant('conjugate', 'float32', [1, 1, 2, 1], Float32Array.of(1, -1));
}

/**
 * The modal convolution without a loop, for WebGPU: `s' = pole^T s + sum over j of pole^(T-1-j) u[j]` and
 * `y[t] = Re(sum residue pole^(t+1) s) + sum over j <= t of h[t-j] u[j] + skip u[t]`, with powers from a table, so that T is `modalChunk`
 * at most.
 */
export function convolveWithPowers(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  { u, state, channels, skip }: ModalInput,
): { y: Value; state: Value } {
  const { modes } = filter;
  const modal = [1, modes, 2, channels];
  const table = graph.weight(powers(`${name}.powers`, filter, channels));
  const residues = graph.weight(modesAsRows(`${name}.residues`, filter.residues, filter, channels));
  const count = graph.node('Shape', [u], { end: 1 });
  // One more, from a shape as well: WebGPU does not add whole numbers.
  const oneMore = graph.node('Shape', [graph.node('Pad', [u, graph.ints(0, 0, 1, 0)])], { end: 1 });
  const rows = (from: Value, to: Value) => graph.node('Slice', [table, from, to, graph.ints(0)]);
  const before = graph.reshape(state, modal);

  const carried = complexProduct(graph, rows(count, oneMore), before, 2);
  const backwards = graph.node('Slice', [
    u,
    graph.ints(-1),
    graph.ints(-(2 ** 40)),
    graph.ints(0),
    graph.ints(-1),
  ]);
  const weighed = graph.mul(rows(graph.ints(0), count), graph.reshape(backwards, [-1, 1, 1, channels]));
  const taken = graph.node('ReduceSum', [weighed, graph.ints(0)], { keepdims: 1 });

  const seen = graph.mul(complexProduct(graph, residues, before, 2), conjugate(graph));
  const echoes = graph.mul(rows(graph.ints(1), oneMore), seen);
  const remembered = graph.node('ReduceSum', [echoes, graph.ints(1, 2)], { keepdims: 0 });
  const within = withinChunk(graph, name, filter, { rows: graph.unsqueeze(u, 0), channels, skip });
  return {
    y: graph.add(remembered, graph.squeeze(within, 0)),
    state: graph.reshape(graph.add(carried, taken), [2 * modes, channels]),
  };
}

/** What the tokens of one run or chunk give each other: `rows [chunks, T, channels]` -> the same shape, T <= `modalChunk`. */
export function withinChunk(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  { rows, channels, skip }: Pick<ModalInput, 'channels' | 'skip'> & { rows: Value },
): Value {
  const kernel = graph.weight(responseKernel(`${name}.response`, filter, channels, skip));
  return convolveRows(graph, rows, kernel, { size: modalChunk, groups: channels });
}
