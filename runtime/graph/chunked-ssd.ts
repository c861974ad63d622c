import { blocks } from './blocks';
import type { GraphBuilder, Value } from './builder';
import { names } from './states';

const chunk = blocks.multiple;
const mostChunks = blocks.longest / chunk;

/** Large enough to vanish in an exponential. */
const later = -1e30;

export interface ChunkedScan {
  heads: number;
  headSize: number;
  stateSize: number;
  /** B and C [1, tokens, stateSize], the same for all heads. */
  b: Value;
  c: Value;
  /** `dt x` [1, tokens, heads * headSize] */
  x: Value;
  /** `dt A` [1, tokens, heads] */
  decay: Value;
  /** [1, heads, stateSize, headSize] */
  state: Value;
}

/**
 * Mamba-2's recurrence for whole chunks of tokens as products of matrices ("Transformers are SSMs", 2024, section 6): within
 * a chunk every token by every earlier one, between chunks by way of states, all of which one product gives. On the GPU the
 * operator that goes token by token takes most of the time of a block. Exponents are sums of decays, never above 0.
 */
export function chunkedScan(graph: GraphBuilder, scan: ChunkedScan): { y: Value; after: Value } {
  const { heads, headSize, stateSize, b, c, x, decay, state } = scan;
  const queries = graph.reshape(c, [-1, chunk, stateSize]);
  const keys = graph.transpose(graph.reshape(b, [-1, chunk, stateSize]), [0, 2, 1]);
  const byHead = (value: Value, ...sizes: number[]) =>
    graph.reshape(graph.transpose(value, [1, 0, 2]), [heads, -1, chunk, ...sizes]);
  const values = byHead(graph.reshape(x, [-1, heads, headSize]), headSize);
  const decays = graph.squeeze(byHead(graph.reshape(decay, [-1, heads, 1]), 1), 3);
  // Decay from the chunk's beginning up to each token [heads, chunks, chunk].
  const summed = graph.matmul(
    decays,
    triangle(graph, 'sums', chunk, chunk, (from, to) => (from <= to ? 1 : 0)),
  );

  const earlier = triangle(graph, 'earlier', chunk, chunk, isEarlier);
  const between = fading(graph, summed, earlier);
  const within = graph.matmul(graph.mul(between, graph.matmul(queries, keys)), values);

  const whole = graph.node('Slice', [summed, graph.ints(chunk - 1), graph.ints(chunk), graph.ints(2)]);
  const toEnd = graph.unsqueeze(graph.node('Exp', [graph.sub(whole, summed)]), 3);
  const added = graph.matmul(keys, graph.mul(values, toEnd));
  const before = cut(
    graph,
    triangle(graph, 'before', mostChunks, mostChunks + 1, (from, to) => (from < to ? 1 : 0)),
    names.chunks,
  );
  const passed = graph.matmul(graph.reshape(whole, [heads, 1, -1]), before);
  const size = stateSize * headSize;
  const given = graph.concat(
    [graph.reshape(state, [heads, 1, size]), graph.reshape(added, [heads, -1, size])],
    1,
  );
  // The state before each chunk, and the last one.
  const earlierChunks = cut(
    graph,
    triangle(graph, 'earlier', mostChunks + 1, mostChunks + 1, isEarlier),
    names.chunkStates,
  );
  const states = graph.matmul(fading(graph, graph.squeeze(passed, 1), earlierChunks), given);
  const ofStates = (from: number, to: number) =>
    graph.node('Slice', [states, graph.ints(from), graph.ints(to), graph.ints(1)]);

  const remembered = graph.mul(
    graph.matmul(queries, graph.reshape(ofStates(0, -1), [heads, -1, stateSize, headSize])),
    graph.unsqueeze(graph.node('Exp', [summed]), 3),
  );
  const y = graph.reshape(graph.add(within, remembered), [heads, -1, headSize]);
  return {
    y: graph.reshape(graph.transpose(y, [1, 0, 2]), [1, -1, heads * headSize]),
    after: graph.reshape(ofStates(-1, 2 ** 40), [1, heads, stateSize, headSize]),
  };
}

/** `sums [..., n]` of decays -> [..., n, n]: what is left at each place (row) of what came in at each earlier one (column). */
function fading(graph: GraphBuilder, sums: Value, mask: Value): Value {
  const difference = graph.sub(graph.unsqueeze(sums, -1), graph.unsqueeze(sums, -2));
  return graph.node('Exp', [graph.add(difference, mask)]);
}

function isEarlier(row: number, column: number): number {
  return column <= row ? 0 : later;
}

/** As many rows and columns as the host says, which knows how many chunks a run has. */
function cut(graph: GraphBuilder, table: Value, size: string): Value {
  const end = graph.hostInput(size, 'int64', [2]);
  return graph.once(size, () => graph.node('Slice', [table, graph.ints(0, 0), end, graph.ints(0, 1)]));
}

function triangle(
  graph: GraphBuilder,
  name: string,
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Value {
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    value(Math.floor(i / columns), i % columns),
  );
  return graph.constant(`chunks:${name}(${rows},${columns})`, 'float32', [rows, columns], data);
}
