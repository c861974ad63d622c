import type { Value } from './builder';
import type { LayerContext } from './context';

/** Name of the rows that a layer's recurrence takes in for the tokens of a run. */
export function freshRows({ prefix }: LayerContext): Value {
  return `${prefix}.rows.new`;
}

/**
 * Declares `fresh [T, width]` as what the layer's recurrence takes in, and puts it behind the rows of the pending
 * tokens: `[pending + T, width]`. See `PendingRows`.
 */
export function withPending(context: LayerContext, fresh: Value, width: number): Value {
  const { graph, prefix, states } = context;
  const name = `${prefix}.rows`;
  states.pending.push({ name, width });
  graph.output(fresh, freshRows(context), 'float32', ['T', width]);
  return graph.concat([graph.input(name, 'float32', ['pending', width]), fresh], 0);
}
