import type { StateLayout } from '../graph/states';
import { noPages, WindowRing, type WindowPages } from './windows';

/**
 * Everything a model knows of the text it has read. Forks share all of it: recurrent tensors and pages are replaced,
 * never written, and the rings, which are written, belong to one state at a time.
 */
export interface StateData {
  length: number;
  /** By name; each of the shape that the layout gives. */
  recurrent: ReadonlyMap<string, Float32Array>;
  pending: Pending;
  /** One for each window of the layout. Without rings they hold everything; with rings the unfinished pages may be missing. */
  windows: readonly WindowPages[];
  /** Logits after the last token; undefined before the first. */
  logits: Float32Array | undefined;
  /** Present while the state is among those that were run last. */
  rings?: WindowRing[];
}

/** The last tokens, where the recurrent tensors do not hold them yet. Replaced, never written. */
export interface Pending {
  tokens: number;
  /** float32 [tokens, width] each, in the order of the layout. */
  rows: readonly Float32Array[];
}

export function emptyState(layout: StateLayout): StateData {
  const zeros = layout.recurrent.map(({ name, shape }): [string, Float32Array] => [
    name,
    new Float32Array(shape.reduce((product, size) => product * size, 1)),
  ]);
  return {
    length: 0,
    recurrent: new Map(zeros),
    pending: nothingPending(layout),
    windows: layout.windows.map(() => noPages),
    logits: undefined,
  };
}

export function nothingPending({ pending }: StateLayout): Pending {
  return { tokens: 0, rows: pending.map(() => new Float32Array(0)) };
}

/** An independent copy that shares what never changes. */
export function forkState(state: StateData): StateData {
  return { ...state, windows: wholePages(state), rings: undefined };
}

/** The windows with their unfinished pages, copied out of the rings where they are only there. */
export function wholePages(state: StateData): readonly WindowPages[] {
  const { rings, windows, length } = state;
  if (!rings) return windows;
  return windows.map((window, i) => rings[i]!.complete(window, length));
}

/** Gives the rings back: afterwards the pages hold everything. */
export function dropRings(state: StateData): void {
  state.windows = wholePages(state);
  state.rings = undefined;
}

/** Lays out rings for a state that has none. */
export function layRings(state: StateData, layout: StateLayout): WindowRing[] {
  return layout.windows.map((window, i) => {
    const ring = new WindowRing(window);
    ring.load(state.windows[i]!, state.length);
    return ring;
  });
}
