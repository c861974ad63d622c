import type { GraphBuilder, Value } from './builder';

/** Tokens that the GPU reads at once in chunks, where it reads so many. */
export const blockTokens = 512;

const chunk = 64;
const chunks = blockTokens / chunk;

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
 * Mamba-2's recurrence for exactly `blockTokens` tokens as products of matrices ("Transformers are SSMs", 2024, section 6): within
 * a chunk every token by every earlier one, between chunks by way of states, all of which one product gives. On the GPU the
 * operator that goes token by token takes most of the time of a block. Exponents are sums of decays, never above 0.
 */
export function chunkedScan(graph: GraphBuilder, scan: ChunkedScan): { y: Value; after: Value } {
  const { heads, headSize, stateSize, b, c, x, decay, state } = scan;
  const queries = graph.reshape(c, [chunks, chunk, stateSize]);
  const keys = graph.transpose(graph.reshape(b, [chunks, chunk, stateSize]), [0, 2, 1]);
  const byHead = (value: Value, ...sizes: number[]) =>
    graph.reshape(graph.transpose(value, [1, 0, 2]), [heads, chunks, chunk, ...sizes]);
  const values = byHead(graph.reshape(x, [blockTokens, heads, headSize]), headSize);
  const decays = graph.squeeze(byHead(graph.reshape(decay, [blockTokens, heads, 1]), 1), 3);
  // Decay from the chunk's beginning up to each token [heads, chunks, chunk].
  const summed = graph.matmul(
    decays,
    triangle(graph, 'sums', chunk, chunk, (from, to) => (from <= to ? 1 : 0)),
  );

  const between = fading(graph, summed, [heads, chunks, chunk]);
  const within = graph.matmul(graph.mul(between, graph.matmul(queries, keys)), values);

  const whole = graph.node('Slice', [summed, graph.ints(chunk - 1), graph.ints(chunk), graph.ints(2)]);
  const toEnd = graph.unsqueeze(graph.node('Exp', [graph.sub(whole, summed)]), 3);
  const added = graph.matmul(keys, graph.mul(values, toEnd));
  const before = triangle(graph, 'before', chunks, chunks + 1, (from, to) => (from < to ? 1 : 0));
  const passed = graph.matmul(graph.reshape(whole, [heads, 1, chunks]), before);
  const size = stateSize * headSize;
  const given = graph.concat(
    [graph.reshape(state, [heads, 1, size]), graph.reshape(added, [heads, chunks, size])],
    1,
  );
  // The state before each chunk, and the last one.
  const states = graph.matmul(fading(graph, graph.squeeze(passed, 1), [heads, chunks + 1]), given);
  const [earlier, after] = graph.split(states, [chunks, 1], 1);

  const remembered = graph.mul(
    graph.matmul(queries, graph.reshape(earlier!, [heads, chunks, stateSize, headSize])),
    graph.unsqueeze(graph.node('Exp', [summed]), 3),
  );
  const y = graph.reshape(graph.add(within, remembered), [heads, blockTokens, headSize]);
  return {
    y: graph.reshape(graph.transpose(y, [1, 0, 2]), [1, blockTokens, heads * headSize]),
    after: graph.reshape(after!, [1, heads, stateSize, headSize]),
  };
}

/** `sums [..., n]` of decays -> [..., n, n]: what is left at each place (row) of what came in at each earlier one (column). */
function fading(graph: GraphBuilder, sums: Value, shape: readonly number[]): Value {
  const n = shape.at(-1)!;
  const outer = shape.slice(0, -1);
  const difference = graph.sub(graph.reshape(sums, [...outer, n, 1]), graph.reshape(sums, [...outer, 1, n]));
  const mask = triangle(graph, 'earlier', n, n, (row, column) => (column <= row ? 0 : later));
  return graph.node('Exp', [graph.add(difference, mask)]);
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
