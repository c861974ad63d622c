import type { GraphBuilder, Value } from './builder';
import { complexProduct } from './complex';
import { convolveRows } from './convolution';
import type { ModalFilter, ModalInput } from './modal-convolution';
import { conjugate, withinChunk } from './modal-powers';
import { chunkKernel, modalChunk, modesAsRows, mostChunks, powers } from './modal-tables';

/**
 * The modal convolution of whole chunks of tokens, for WebGPU. Within a chunk a convolution gives every token what the chunk's earlier
 * ones mean to it. What comes from before goes through states: one product gives what each chunk adds to the state, a convolution over
 * chunks the state before each of them and behind the last, another product what each token of a chunk hears of the state before it.
 * Nothing as large as tokens times modes is ever held.
 */
export function convolveInChunks(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  { u, state, channels, skip }: ModalInput,
): { y: Value; state: Value } {
  const { modes } = filter;
  const states = 2 * modes;
  const { take, hear } = chunkMatrices(graph, name, filter, channels);
  const chunks = graph.reshape(u, [-1, modalChunk, channels]);
  const byChannel = graph.reshape(graph.transpose(u, [1, 0]), [channels, -1, modalChunk]);
  const taken = graph.matmul(byChannel, take);

  const first = graph.reshape(graph.transpose(state, [1, 0]), [channels, 1, states]);
  const given = graph.transpose(graph.concat([first, taken], 1), [1, 0, 2]);
  const passed = convolveRows(
    graph,
    graph.reshape(given, [1, -1, channels * states]),
    graph.weight(chunkKernel(`${name}.chunks`, filter, channels)),
    { size: mostChunks + 1, groups: channels * modes },
  );
  const ofChunks = graph.transpose(graph.reshape(passed, [-1, channels, states]), [1, 0, 2]);
  const some = (from: number, to: number) =>
    graph.node('Slice', [ofChunks, graph.ints(from), graph.ints(to), graph.ints(1)]);

  const heard = graph.transpose(graph.matmul(some(0, -1), hear), [1, 2, 0]);
  const y = graph.add(withinChunk(graph, name, filter, { rows: chunks, channels, skip }), heard);
  return {
    y: graph.reshape(y, [-1, channels]),
    state: graph.transpose(graph.squeeze(some(-1, 2 ** 40), 1), [1, 0]),
  };
}

/**
 * Each channel's matrices from a chunk's tokens to its state, `pole^(modalChunk-1-j)` [channels, modalChunk, states], and from the state
 * before a chunk to its tokens, `Re(residue pole^(t+1) s)` [channels, states, modalChunk]. They come from the table that the graph for
 * any number of tokens has, not from the weights file; the runtime works them out when it loads the graph.
 */
function chunkMatrices(
  graph: GraphBuilder,
  name: string,
  filter: ModalFilter,
  channels: number,
): { take: Value; hear: Value } {
  const table = graph.weight(powers(`${name}.powers`, filter, channels));
  const residues = graph.weight(modesAsRows(`${name}.residues`, filter.residues, filter, channels));
  const rows = (from: number, to: number, step: number) =>
    graph.node('Slice', [table, graph.ints(from), graph.ints(to), graph.ints(0), graph.ints(step)]);
  const matrices = (value: Value, permutation: number[]) =>
    graph.transpose(graph.reshape(value, [modalChunk, 2 * filter.modes, channels]), permutation);
  const echoes = graph.mul(complexProduct(graph, rows(1, modalChunk + 1, 1), residues, 2), conjugate(graph));
  return {
    take: matrices(rows(modalChunk - 1, -(2 ** 40), -1), [2, 0, 1]),
    hear: matrices(echoes, [2, 1, 0]),
  };
}
