import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { UserError } from '../protocol/errors';
import { type StateData, wholePages } from './state-data';
import { oldestPage, pageTokens, type Page, type WindowPages } from './windows';

/** A state as plain data, complete in itself. */
export interface StateSnapshot {
  /** Key of the model it belongs to. */
  model: string;
  /** Tokens read. */
  length: number;
  tensors: { name: string; shape: number[]; data: Float32Array }[];
}

export function exportState(state: StateData, layout: StateLayout, model: string): StateSnapshot {
  const tensors: StateSnapshot['tensors'] = layout.recurrent.map(({ name, shape }) => ({
    name,
    shape,
    data: state.recurrent.get(name)!.slice(),
  }));
  const windows = wholePages(state);
  for (const [i, { name, keyValueHeads, headSize }] of layout.windows.entries()) {
    const { pages } = windows[i]!;
    for (const part of ['keys', 'values'] as const) {
      // Page after page: each [keyValueHeads, tokens, headSize].
      const total = pages.reduce((sum, page) => sum + page[part].length, 0);
      const data = new Float32Array(total);
      let at = 0;
      for (const page of pages) {
        data.set(page[part], at);
        at += page[part].length;
      }
      tensors.push({
        name: `${name}.${part}`,
        shape: [total / (keyValueHeads * headSize), keyValueHeads * headSize],
        data,
      });
    }
  }
  if (state.logits)
    tensors.push({ name: 'logits', shape: [state.logits.length], data: state.logits.slice() });
  return { model, length: state.length, tensors };
}

/** @throws UserError where the snapshot belongs to another model or is incomplete */
export function importState(snapshot: StateSnapshot, layout: StateLayout, model: string): StateData {
  if (snapshot.model !== model)
    throw new UserError('A saved state belongs to another model: it is read anew.');
  const { length } = snapshot;
  const tensors = new Map(snapshot.tensors.map((tensor) => [tensor.name, tensor.data]));
  const take = (name: string, elements: number) => {
    const data = tensors.get(name);
    if (data?.length !== elements) throw new UserError('A saved state is damaged: it is read anew.');
    return data;
  };
  const recurrent = layout.recurrent.map(({ name, shape }): [string, Float32Array] => [
    name,
    take(name, elementCount(shape)).slice(),
  ]);
  const windows = layout.windows.map(({ name, window, keyValueHeads, headSize }): WindowPages => {
    const first = oldestPage(window, length);
    const perToken = keyValueHeads * headSize;
    const elements = (length - first * pageTokens) * perToken;
    const keys = take(`${name}.keys`, elements);
    const values = take(`${name}.values`, elements);
    const pages: Page[] = [];
    for (let at = 0; at < elements; at += pageTokens * perToken) {
      const end = Math.min(elements, at + pageTokens * perToken);
      pages.push({ keys: keys.slice(at, end), values: values.slice(at, end) });
    }
    return { first, pages };
  });
  const logits = tensors.get('logits')?.slice();
  if (length > 0 && !logits) throw new UserError('A saved state is damaged: it is read anew.');
  return { length, recurrent: new Map(recurrent), windows, logits };
}
