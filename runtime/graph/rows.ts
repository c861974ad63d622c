import type { Value } from './builder';
import type { LayerContext } from './context';

/*
 * The residual stream's rows lie as [T, n]. Where a graph reads one token they lie as [1, 1, n] all along: operators over sequences
 * want a 1 in front, and on the GPU giving a tensor another shape costs time too, though nothing is computed.
 */

/** `rows` as [1, T, n] */
export function asSequence({ graph, run }: LayerContext, rows: Value): Value {
  return run === 'token' ? rows : graph.unsqueeze(rows, 0);
}

/** `sequence [1, T, n]` as rows */
export function asRows({ graph, run }: LayerContext, sequence: Value): Value {
  return run === 'token' ? sequence : graph.squeeze(sequence, 0);
}

/** `rows` cut into columns, so many for each part */
export function splitRows({ graph, run }: LayerContext, rows: Value, sizes: readonly number[]): Value[] {
  return graph.split(rows, sizes, run === 'token' ? 2 : 1);
}

/** `value` of any shape as rows of `size` numbers */
export function inRows({ graph, run }: LayerContext, value: Value, size: number): Value {
  return graph.reshape(value, run === 'token' ? [1, -1, size] : [-1, size]);
}

/** For what is built with rows [T, n] alone. */
export function withFlatRows(
  { graph, run }: LayerContext,
  rows: Value,
  build: (rows: Value) => Value,
): Value {
  return run === 'token' ? graph.unsqueeze(build(graph.squeeze(rows, 0)), 0) : build(rows);
}
