/** A state of the CPU's as one of the device's, and back. Both keep the same tensors; only on the CPU tokens may be pending and windows lie in pages. */
import { keptOnDevice, type StateLayout, type WindowState } from '../graph/states';
import type { PlainTensors } from './device-transfer';
import { wholePages, type StateData } from './state-data';
import { addPages, joinPages, pageTokens } from './windows';

/** What a device read, as it came out of it. */
export interface ReadOnDevice {
  /** Tokens of the state. */
  length: number;
  /** Of windows the tokens from `sharedTokens` of the state before it on, as far as they keep them. */
  tensors: PlainTensors;
  logits: Float32Array;
}

/** Tokens in full pages, which what is read on from `state` shares with it. */
export function sharedTokens({ length }: Pick<StateData, 'length'>): number {
  return length - (length % pageTokens);
}

/** A state of at least one token, none of them pending, by the tensors that make up one on the device. */
export function toDevice(state: StateData, { recurrent, windows }: StateLayout): PlainTensors {
  if (state.pending.tokens > 0) throw new Error('A state with pending tokens cannot be taken to a device');
  const tensors = new Map(recurrent.map(({ name }) => [name, state.recurrent.get(name)!]));
  const pages = wholePages(state);
  for (const [i, window] of windows.entries()) {
    const { keys, values } = joinPages(window, pages[i]!, state.length);
    tensors.set(`${window.name}.keys`, filled(keys, window, state.length));
    tensors.set(`${window.name}.values`, filled(values, window, state.length));
  }
  return tensors;
}

/** The state on the CPU that has gone on from `before` as the device's has; what can be shared is. */
export function fromDevice(
  before: StateData,
  { length, tensors, logits }: ReadOnDevice,
  layout: StateLayout,
): StateData {
  return {
    length,
    recurrent: new Map(layout.recurrent.map(({ name }) => [name, tensors.get(name)!])),
    // None, as there were none before.
    pending: before.pending,
    windows: layout.windows.map((window, i) => {
      const [keys, values] = [tensors.get(`${window.name}.keys`)!, tensors.get(`${window.name}.values`)!];
      return addPages(window, before.windows[i]!, { keys, values }, length);
    }),
    logits,
  };
}

/** A window of one token shows later ones nothing, but a device's tensors are never empty. */
function filled(joined: Float32Array, window: WindowState, length: number): Float32Array {
  if (joined.length > 0) return joined;
  return new Float32Array(window.keyValueHeads * keptOnDevice(window.window, length) * window.headSize);
}
