import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { UserError } from '../protocol/errors';
import { mostPending } from './pending';
import { type Pending, type StateData, wholePages } from './state-data';
import { joinPages, splitPages } from './windows';

/**
 * A state as plain data, complete in itself. Its size does not depend on how much was read, once the windows are full;
 * attention without a window adds every token's keys and values.
 */
export interface StateSnapshot {
  /** Key of the model it belongs to. */
  model: string;
  /** Tokens read. */
  length: number;
  /** The last so many of them are in the pending rows only. */
  pending: number;
  tensors: { name: string; shape: number[]; data: Float32Array }[];
}

export function exportState(state: StateData, layout: StateLayout, model: string): StateSnapshot {
  const { length, pending } = state;
  const tensors: StateSnapshot['tensors'] = layout.recurrent.map(({ name, shape }) => ({
    name,
    shape,
    data: state.recurrent.get(name)!.slice(),
  }));
  for (const [i, { name, width }] of layout.pending.entries()) {
    // As many as there may be after reading, so that all states are equally long; only drafts leave more.
    const rows = Math.max(mostPending, pending.tokens);
    const data = new Float32Array(rows * width);
    data.set(pending.rows[i]!);
    tensors.push({ name, shape: [rows, width], data });
  }
  for (const [i, pages] of wholePages(state).entries()) {
    const window = layout.windows[i]!;
    const { keys, values } = joinPages(window, pages, length);
    const { name, keyValueHeads, headSize } = window;
    const shape = [keyValueHeads, keys.length / (keyValueHeads * headSize), headSize];
    tensors.push(
      { name: `${name}.keys`, shape, data: keys },
      { name: `${name}.values`, shape, data: values },
    );
  }
  if (state.logits)
    tensors.push({ name: 'logits', shape: [state.logits.length], data: state.logits.slice() });
  return { model, length, pending: pending.tokens, tensors };
}

/** @throws UserError where the snapshot belongs to another model or is incomplete */
export function importState(snapshot: StateSnapshot, layout: StateLayout, model: string): StateData {
  const { length } = snapshot;
  const { tensor, take, logits } = checkedTensors(snapshot, model);
  const recurrent = layout.recurrent.map(({ name, shape }): [string, Float32Array] => [
    name,
    take(name, elementCount(shape)),
  ]);
  const windows = layout.windows.map((window) => {
    const joined = { keys: tensor(`${window.name}.keys`), values: tensor(`${window.name}.values`) };
    return splitPages(window, joined, length) ?? damaged();
  });
  return {
    length,
    recurrent: new Map(recurrent),
    pending: pendingOf(snapshot, layout, take),
    windows,
    logits,
  };
}

/**
 * The snapshot's tensors by name, `take` a copy of one that has so many elements, and its logits.
 * @throws UserError, as they do, where the snapshot belongs to another model or is incomplete
 */
export function checkedTensors(snapshot: StateSnapshot, model: string) {
  if (snapshot.model !== model)
    throw new UserError('A saved state belongs to another model: it is read anew.');
  const tensors = new Map(snapshot.tensors.map((tensor) => [tensor.name, tensor.data]));
  const tensor = (name: string) => tensors.get(name) ?? damaged();
  const take = (name: string, elements: number) => {
    const data = tensor(name);
    return data.length === elements ? data.slice() : damaged();
  };
  const logits = tensors.get('logits')?.slice() ?? (snapshot.length > 0 ? damaged() : undefined);
  return { tensor, take, logits };
}

function pendingOf(
  { pending: tokens, length }: StateSnapshot,
  layout: StateLayout,
  take: (name: string, elements: number) => Float32Array,
): Pending {
  if (!Number.isInteger(tokens) || tokens < 0 || tokens > length) damaged();
  const rows = layout.pending.map(({ name, width }) =>
    take(name, Math.max(mostPending, tokens) * width).slice(0, tokens * width),
  );
  return { tokens, rows };
}

function damaged(): never {
  throw new UserError('A saved state is damaged: it is read anew.');
}
