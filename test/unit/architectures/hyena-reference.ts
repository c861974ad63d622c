import type { ImplicitFilter } from '../../../runtime/graph/implicit-filter';
import type { GatedLongConvMixer } from '../../../runtime/graph/mixers/gated-long-conv';
import { convolve, optional, plus, times, type ReadTensor, type Row } from './definition';

/** Hyena's operator with `filter(channel, t)` summed up directly. */
export function gatedLongConvReference(
  mixer: GatedLongConvMixer,
  rows: Row[],
  tensor: ReadTensor,
  filter: (channel: number, t: number) => number,
): Row[] {
  const { order, heads, convolution, weights } = mixer;
  const width = rows[0]!.length;
  const size = width / heads;
  const projected = rows.map((row) =>
    plus(times(tensor(weights.inProjection), row), optional(tensor, weights.inProjectionBias)),
  );
  const convolved = convolve(projected, tensor(weights.convolution), convolution).map((row) =>
    plus(row, optional(tensor, weights.convolutionBias)),
  );
  const stream = (row: Row, which: 'pre' | 'post' | 'value') =>
    Array.from({ length: width }, (_, i) => {
      const head = Math.floor(i / size);
      return row[(3 * head + order.indexOf(which)) * size + (i % size)]!;
    });
  const skip = tensor(weights.skip);
  const inputs = convolved.map((row) => {
    const value = stream(row, 'value');
    return stream(row, 'pre').map((gate, i) => gate * value[i]!);
  });
  return inputs.map((input, t) => {
    const post = stream(convolved[t]!, 'post');
    const gated = input.map((value, channel) => {
      let sum = skip[channel]! * value;
      for (let back = 0; back <= t; back++) sum += filter(channel, back) * inputs[t - back]![channel]!;
      return sum * post[channel]!;
    });
    return plus(times(tensor(weights.outProjection), gated), optional(tensor, weights.outProjectionBias));
  });
}

/** `Re(sum over modes of residue * pole^t)`, by size and angle. */
export function modalResponse(
  poles: Float32Array,
  residues: Float32Array,
  modes: number,
): (channel: number, t: number) => number {
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
export function implicitResponse(
  filter: ImplicitFilter,
  tensor: ReadTensor,
): (channel: number, t: number) => number {
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
