import type { StateSnapshot } from '../../../runtime/inference/snapshot';
import type { SavedState } from '../../../runtime/state/state-store';

/** A state whose content follows from its number, so that whoever finds it can tell whether it is right. */
export function writtenState(number: number): SavedState {
  return { scope: 'w', ids: Int32Array.from({ length: 40 }, (_, i) => number * 50 + i) };
}

/** Some hundred kB to some MB, so that a kill comes in the middle of a write. */
export function writtenSnapshot(number: number): StateSnapshot {
  const size = 50_000 + ((number * 7919) % 13) * 100_000;
  const data = new Float32Array(size).fill(number % 1024);
  data[size - 1] = -(number % 1024);
  return { model: 'model', length: 40, pending: 0, tensors: [{ name: 'state', shape: [size], data }] };
}
