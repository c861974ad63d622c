import type { Value } from './builder';
import type { LayerContext } from './context';
import { names } from './states';

export interface KeysAndValues {
  keys: Value;
  values: Value;
}

/** What the queries of a run see. */
export interface Seen {
  window: number;
  /** In the host's slots, in whatever order, rotated already: [keyValueHeads, slots, headSize] each. */
  kept: KeysAndValues;
  /** Of the read tokens: [keyValueHeads, T, headSize] each. */
  fresh: KeysAndValues;
  heads: number;
  keyValueHeads: number;
  headSize: number;
}

/** `queries [heads, Q, headSize]`, their scale taken into them -> the same shape. A bias says which positions each sees. */
export function attend(context: LayerContext, queries: Value, seen: Seen): Value {
  return Number.isFinite(seen.window)
    ? attendTogether(context, queries, seen)
    : attendApart(context, queries, seen);
}

/** One operator takes slots and new tokens together, so that few score-sized tensors are ever made. */
function attendTogether(context: LayerContext, queries: Value, { kept, fresh, window }: Seen): Value {
  const { graph } = context;
  // The joined keys and values that the operator also gives are of no use: the host keeps its slots by itself.
  const [q, newK, newV, pastK, pastV] = [queries, fresh.keys, fresh.values, kept.keys, kept.values].map(
    (value) => graph.unsqueeze(value, 0),
  );
  const [attended] = graph.nodeWithOutputs(
    'Attention',
    [q!, newK!, newV!, windowBias(context, window), pastK!, pastV!],
    { scale: { float: 1 } },
    [undefined, undefined, undefined],
  );
  return graph.squeeze(attended!, 0);
}

/**
 * Slots and new tokens apart: the one operator joins them first, and where everything is kept, copying it for every
 * token costs more than all else (126 instead of 59 ms per token after 4,096 with `random:llama-130m`).
 */
function attendApart(context: LayerContext, queries: Value, seen: Seen): Value {
  const { graph } = context;
  const { kept, fresh, window, keyValueHeads, headSize } = seen;
  const both = [kept, fresh];
  const grouped = graph.reshape(queries, [keyValueHeads, -1, headSize]);
  const scores = graph.concat(
    both.map(({ keys }) => graph.node('FusedMatMul', [grouped, keys], { transB: 1 })),
    2,
  );
  const byHead = graph.concat([graph.ints(-1), sizeOf(context, queries, 1), sizeOf(context, scores, 2)], 0);
  const biased = graph.add(graph.node('Reshape', [scores, byHead]), windowBias(context, window));
  const shares = graph.node('Softmax', [biased], { axis: -1 });
  const counts = graph.concat(
    both.map(({ keys }) => sizeOf(context, keys, 1)),
    0,
  );
  const parts = graph.nodeWithOutputs(
    'Split',
    [graph.node('Reshape', [shares, graph.node('Shape', [scores])]), counts],
    { axis: 2 },
    [undefined, undefined],
  );
  const [ofKept, ofFresh] = both.map(({ values }, i) => graph.matmul(parts[i]!, values));
  const y = graph.add(ofKept!, ofFresh!);
  return graph.node('Reshape', [y, graph.node('Shape', [queries])]);
}

/** int64 [1] */
function sizeOf({ graph }: LayerContext, value: Value, axis: number): Value {
  return graph.node('Shape', [value], { start: axis, end: axis + 1 });
}

/** Large enough to vanish in a softmax, small enough to stay finite in sums. */
const masked = -1e30;

/** 0 where a query sees a key, else `masked`; float32 [queries, slots + T]. The same for all layers of one window. */
export function windowBias({ graph, last, positions, wantedRows }: LayerContext, window: number): Value {
  return graph.once(`bias:${window}:${last}`, () => {
    const slots = graph.input(names.slots(window), 'float32', [`${names.slots(window)}.count`]);
    const keyPositions = graph.concat([slots, positions!], 0);
    const queryPositions = graph.unsqueeze(last ? wantedRows(positions!) : positions!, 1);
    // Without a window every token is seen, but no empty slot.
    const seen = graph.node('And', [
      graph.node('LessOrEqual', [keyPositions, queryPositions]),
      graph.node('Greater', [
        keyPositions,
        Number.isFinite(window) ? graph.sub(queryPositions, graph.float(window)) : graph.float(-1),
      ]),
    ]);
    return graph.node('Where', [seen, graph.float(0), graph.float(masked)]);
  });
}
