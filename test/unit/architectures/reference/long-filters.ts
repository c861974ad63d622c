import type { ImplicitFilter } from '../../../../runtime/graph/implicit-filter';
import { plus, times, type Row, type Tensors } from './rows';

/** What a filter gives of its input `t` tokens ago. */
export type Response = (channel: number, t: number) => number;

/** `Re(sum over modes of residue * pole^t)`, by size and angle. */
export function modalResponse(poles: Float32Array, residues: Float32Array, modes: number): Response {
  return (channel, t) => {
    let sum = 0;
    for (let at = 2 * channel * modes; at < 2 * (channel + 1) * modes; at += 2) {
      const power = Math.hypot(poles[at]!, poles[at + 1]!) ** t;
      const angle = Math.atan2(poles[at + 1]!, poles[at]!) * t;
      sum += power * (residues[at]! * Math.cos(angle) - residues[at + 1]! * Math.sin(angle));
    }
    return sum;
  };
}

/** The network of the filter, one position and channel at a time. */
export function implicitResponse(filter: ImplicitFilter, tensor: Tensors): Response {
  const { prefix, network, features, hiddenLayers } = filter;
  const part = (name: string) => tensor(`${prefix}.${name}`);
  const rows = Array.from({ length: filter.length }, (_, t) => {
    let row: Row = [...part('pos_emb.z').subarray(t * features, (t + 1) * features)];
    for (let i = 0; i < hiddenLayers; i++) {
      const sum = plus(times(part(`${network}.${2 * i}.weight`), row), part(`${network}.${2 * i}.bias`));
      row = sum.map((value, n) => Math.sin(part('implicit_filter.1.freq')[n]! * value));
    }
    const fading = (channel: number) =>
      Math.exp(-part('pos_emb.t')[t]! * Math.abs(part('modulation.deltas')[channel]!));
    return times(part(`${network}.${2 * hiddenLayers}.weight`), row).map((value, i) => value * fading(i));
  });
  // Nothing is heard from further back than the filter is long.
  return (channel, t) => rows[t]?.[channel] ?? 0;
}
