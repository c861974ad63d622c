import type { SsdMixer } from '../../../../runtime/graph/mixers/ssd';
import { biased, convolved as convolve, norm, silu, times, type Row, type Tensors } from './rows';

/** Mamba-2 as its recurrence says: what the mixer gives for each row. */
export function ssdReference(mixer: SsdMixer, rows: Row[], tensor: Tensors): Row[] {
  const { heads, headSize, stateSize, groups, epsilon, weights, stepLimit } = mixer;
  const inner = heads * headSize;
  const keys = groups * stateSize;
  const convolved = inner + 2 * keys;
  const { z = 1, x = 1, b = 1, c = 1, dt = 1 } = mixer.factors ?? {};
  const sections: [number, number][] = [
    [inner, z],
    [inner, x],
    [keys, b],
    [keys, c],
    [heads, dt],
  ];
  const factors = sections.flatMap(([size, factor]) => new Array<number>(size).fill(factor));
  const projected = rows.map((row) =>
    biased(times(tensor(weights.inProjection), row), weights.inProjectionBias, tensor).map(
      (value, i) => value * factors[i]!,
    ),
  );
  const inputs = projected.map((row) => row.slice(inner, inner + convolved));
  const sums = convolve(inputs, tensor(weights.convolution));
  const state = new Float64Array(heads * headSize * stateSize);

  return projected.map((row, t) => {
    const mixed = biased(sums[t]!, weights.convolutionBias, tensor).map(silu);
    const [x, b, c] = [mixed.slice(0, inner), mixed.slice(inner, inner + keys), mixed.slice(inner + keys)];
    const y: Row = [];
    for (let head = 0; head < heads; head++) {
      const raw = Math.log1p(Math.exp(row[inner + convolved + head]! + tensor(weights.dtBias)[head]!));
      const step = stepLimit ? Math.min(Math.max(raw, stepLimit.low), stepLimit.high) : raw;
      const decay = Math.exp(-step * Math.exp(tensor(weights.aLog)[head]!));
      const key = Math.floor(head / (heads / groups)) * stateSize;
      for (let p = 0; p < headSize; p++) {
        const channel = head * headSize + p;
        let sum = tensor(weights.d)[head]! * x[channel]!;
        for (let n = 0; n < stateSize; n++) {
          const at = channel * stateSize + n;
          state[at] = decay * state[at]! + step * b[key + n]! * x[channel]!;
          sum += c[key + n]! * state[at]!;
        }
        y.push(sum * silu(row[channel]!));
      }
    }
    const size = inner / groups;
    const normed = Array.from({ length: groups }, (_, group) => {
      const part = y.slice(group * size, (group + 1) * size);
      return weights.norm === undefined
        ? part
        : norm(part, tensor(weights.norm).subarray(group * size, (group + 1) * size), epsilon);
    }).flat();
    return biased(times(tensor(weights.outProjection), normed), weights.outProjectionBias, tensor);
  });
}
