import type { Value } from './builder';
import type { LayerContext } from './context';

/** Name of the value that holds the read tokens' rows; a node that gives them under this name spares a copy. */
export function freshRows(prefix: string): Value {
  return `${prefix}.rows.new`;
}

/**
 * The rows that a layer's recurrence takes in, behind those of pending tokens: `fresh [T, width]`, the read tokens' own
 * -> [pending + T, width].
 */
export function withPending({ graph, prefix, states }: LayerContext, fresh: Value, width: number): Value {
  const pending = { name: `${prefix}.rows`, width };
  states.pending.push(pending);
  graph.output(fresh, freshRows(prefix), 'float32', ['T', width]);
  return graph.concat([graph.input(pending.name, 'float32', ['pending', width]), freshRows(prefix)], 0);
}
