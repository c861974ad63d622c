import type { GraphBuilder, Value } from './builder';
import { complexProduct } from './complex';
import type { ModalFilter } from './modal-convolution';
import type { StoredTensor } from './stored-tensors';

/** Tokens of a run at most: the table of powers grows with them, and takes as much as the matrices of chunks do. */
export const longestModalRun = 64;

/**
 * The modal convolution without a loop, for WebGPU: `s' = pole^T s + sum over j of pole^(T-1-j) u[j]` and
 * `y[t] = Re(sum residue pole^(t+1) s) + sum over j <= t of h[t-j] u[j]`, with powers from a table.
 * @param u [T, channels], T at most `longestModalRun`
 * @param state [2 modes, channels], real and imaginary part of each mode
 */
export function convolveWithPowers(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  { u, state, channels }: { u: Value; state: Value; channels: number },
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

  // Re(z w) as a sum over parts.
  const conjugate = graph.constant('conjugate', 'float32', [1, 1, 2, 1], Float32Array.of(1, -1));
  const seen = graph.mul(complexProduct(graph, residues, before, 2), conjugate);
  const echoes = graph.mul(rows(graph.ints(1), oneMore), seen);
  const remembered = graph.node('ReduceSum', [echoes, graph.ints(1, 2)], { keepdims: 0 });
  return {
    y: graph.add(remembered, withinRun(graph, name, filter, u, channels)),
    state: graph.reshape(graph.add(carried, taken), [2 * modes, channels]),
  };
}

/** What the tokens of the run give each other [T, channels]. */
function withinRun(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  u: Value,
  channels: number,
): Value {
  const kernel = graph.weight(responseKernel(`${name}.response`, filter, channels));
  const byChannel = graph.unsqueeze(graph.transpose(u, [1, 0]), 0);
  const pads = { ints: [longestModalRun - 1, 0] };
  const convolved = graph.node('Conv', [byChannel, kernel], { group: channels, pads });
  return graph.transpose(graph.squeeze(convolved, 0), [1, 0]);
}

/** `pole^t` for t from 0 to `longestModalRun` [powers, modes, 2, channels], multiplied in float64. */
function powers(name: string, filter: ModalFilter, channels: number): StoredTensor {
  const { modes, poles } = filter;
  const count = longestModalRun + 1;
  const make: StoredTensor['make'] = (read) => {
    const all = new Float32Array(count * modes * 2 * channels);
    eachPower(read(poles), count, channels, modes, (t, channel, mode, x, y) => {
      const at = (t * modes + mode) * 2 * channels + channel;
      all[at] = x;
      all[at + channels] = y;
    });
    return all;
  };
  return { name, type: 'float32', shape: [count, modes, 2, channels], make };
}

/** `h[t] = Re(sum residue pole^t)` as a kernel [channels, 1, tokens], the current token's weight last. */
function responseKernel(name: string, filter: ModalFilter, channels: number): StoredTensor {
  const { modes, poles, residues } = filter;
  const length = longestModalRun;
  const make: StoredTensor['make'] = (read) => {
    const residue = read(residues);
    const sums = new Float64Array(channels * length);
    eachPower(read(poles), length, channels, modes, (t, channel, mode, x, y) => {
      const at = 2 * (channel * modes + mode);
      sums[channel * length + length - 1 - t]! += residue[at]! * x - residue[at + 1]! * y;
    });
    return Float32Array.from(sums);
  };
  return { name, type: 'float32', shape: [channels, 1, length], make };
}

function eachPower(
  pole: Float32Array,
  count: number,
  channels: number,
  modes: number,
  give: (t: number, channel: number, mode: number, x: number, y: number) => void,
): void {
  for (let channel = 0; channel < channels; channel++)
    for (let mode = 0; mode < modes; mode++) {
      const at = 2 * (channel * modes + mode);
      let [x, y] = [1, 0];
      for (let t = 0; t < count; t++) {
        give(t, channel, mode, x, y);
        [x, y] = [x * pole[at]! - y * pole[at + 1]!, x * pole[at + 1]! + y * pole[at]!];
      }
    }
}

/** A tensor [channels, modes, 1, 2] of the checkpoint as [1, modes, 2, channels]. */
function modesAsRows(name: string, tensor: string, { modes }: ModalFilter, channels: number): StoredTensor {
  const make: StoredTensor['make'] = (read) => {
    const source = read(tensor);
    return source.map((_, i) => source[(i % channels) * 2 * modes + Math.floor(i / channels)]!);
  };
  return { name, type: 'float32', shape: [1, modes, 2, channels], make };
}
