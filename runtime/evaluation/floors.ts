/** What a token cannot take less than: the bytes that it touches, and the dispatches that it needs. */
import type { Provider } from '../graph/context';
import type { ModelDescription } from '../graph/layers';
import { elementCount } from '../graph/stored-tensors';
import type { StateLayout } from '../graph/states';
import type { DeviceSpeed } from './device-speed';

export interface Floors extends DeviceSpeed {
  weightMB: number;
  /** What is read of a state for a token, and written. */
  touchedStateMB: number;
  /** Where the device is a graphics card. */
  dispatches?: number;
  bytesMs: number;
  dispatchMs?: number;
  /** The measured time over the larger of both. */
  ratio: number;
}

export interface Touched {
  weightBytes: number;
  stateBytes: number;
  dispatches?: number;
}

export function floorsOf(
  msPerToken: number,
  device: DeviceSpeed,
  { weightBytes, stateBytes, dispatches }: Touched,
): Floors {
  const bytesMs = (weightBytes + stateBytes) / device.copyGBs / 1e6;
  const dispatchMs = dispatches === undefined ? undefined : (dispatches * device.dispatchMicroseconds) / 1000;
  return {
    ...device,
    weightMB: weightBytes / 1e6,
    touchedStateMB: stateBytes / 1e6,
    ...(dispatches !== undefined && { dispatches, dispatchMs }),
    bytesMs,
    ratio: msPerToken / Math.max(bytesMs, dispatchMs ?? 0),
  };
}

/**
 * Bytes of weights that one token needs: of an embedding that is not the head's matrix too, a row, and on the CPU of all experts
 * those that it chooses.
 * @param tensors bytes of each that is stored
 */
export function touchedWeights(
  tensors: ReadonlyMap<string, number>,
  model: ModelDescription,
  provider: Provider,
): number {
  const shares = new Map(provider === 'cpu' ? expertShares(model) : []);
  if (model.head !== undefined) shares.set(model.embedding, 0);
  let bytes = 0;
  for (const [name, size] of tensors) {
    const shared = [...shares].find(
      ([matrix]) => name === matrix || name.startsWith(`${matrix}.`) || name.startsWith(`${matrix}*`),
    );
    bytes += size * (shared?.[1] ?? 1);
  }
  return bytes;
}

/** Names of the matrices of experts, whatever form or factor is behind them, with the share of each that a token goes through. */
function expertShares({ layers }: ModelDescription): [matrix: string, share: number][] {
  return layers.flatMap(({ channel }, index): [string, number][] => {
    if (channel?.kind !== 'moe') return [];
    const { experts } = channel.weights;
    const stored = [`layers.${index}.experts`, ...(Array.isArray(experts) ? [] : [experts.down])];
    return stored.map((name) => [name, channel.perToken / channel.experts]);
  });
}

/** Bytes of a state that one token needs: recurrent parts go in and out, keys and values are read. */
export function touchedState({ recurrent, windows }: StateLayout, length: number): number {
  const ofRecurrent = recurrent.reduce((sum, { shape }) => sum + 2 * elementCount(shape), 0);
  const ofWindows = windows.reduce(
    (sum, { window, keyValueHeads, headSize }) =>
      sum + 2 * keyValueHeads * headSize * Math.min(window, length),
    0,
  );
  return bytesOfFloat * (ofRecurrent + ofWindows);
}

const bytesOfFloat = 4;
