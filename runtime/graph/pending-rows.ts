import type { Value } from './builder';
import type { LayerContext } from './context';
import { asRows, asSequence } from './rows';

/** Name of the rows that a layer's recurrence takes in for the tokens of a run. */
export function freshRows({ prefix }: LayerContext): Value {
  return `${prefix}.rows.new`;
}

/**
 * Cuts `projected [T, sum of widths]` into its columns; the part at `recurrent` is what the layer's recurrence takes in,
 * and comes behind the rows of the pending tokens.
 */
export function splitWithPending(
  context: LayerContext,
  projected: Value,
  widths: readonly number[],
  recurrent: number,
): Value[] {
  const { graph } = context;
  // Named by the node itself: an output that is named afterwards is copied.
  const names = widths.map((_, i) => (i === recurrent ? freshRows(context) : undefined));
  const parts = graph.nodeWithOutputs('Split', [projected, graph.ints(...widths)], { axis: 1 }, names);
  return parts.map((part, i) => (i === recurrent ? withPending(context, part, widths[i]!) : part));
}

/**
 * The same where the recurrence takes in several parts, which come last: `projected [T, rest + parts]` -> the rest [T, rest], and
 * the parts [1, pending + T, size].
 */
export function splitRecurrent(
  context: LayerContext,
  projected: Value,
  rest: number,
  parts: readonly number[],
): [rest: Value, parts: Value[]] {
  const { graph, states } = context;
  if (states.onDevice) {
    const [first, ...others] = graph.split(asSequence(context, projected), [rest, ...parts], 2);
    return [asRows(context, first!), others];
  }
  const width = parts.reduce((sum, size) => sum + size, 0);
  const [first, rows] = splitWithPending(context, projected, [rest, width], 1);
  return [first!, graph.split(graph.unsqueeze(rows!, 0), parts, 2)];
}

/**
 * Declares `fresh [T, width]` as what the layer's recurrence takes in, and puts it behind the rows of the pending
 * tokens: `[pending + T, width]`. See `PendingRows`. On a device, where states need not be copied, none are pending.
 */
export function withPending(context: LayerContext, fresh: Value, width: number): Value {
  const { graph, prefix, states } = context;
  if (states.onDevice) return fresh;
  const name = `${prefix}.rows`;
  states.pending.push({ name, width });
  graph.output(fresh, freshRows(context), 'float32', ['T', width]);
  return graph.concat([graph.input(name, 'float32', ['pending', width]), fresh], 0);
}
