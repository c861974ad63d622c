import type { SsdMixer } from '../../../runtime/graph/mixers/ssd';
import { convolve, norm, optional, plus, silu, times, type ReadTensor, type Row } from './reference';

/** Mamba-2 as its recurrence says. */
export function ssdReference(mixer: SsdMixer, rows: Row[], tensor: ReadTensor): Row[] {
  const { heads, headSize, stateSize, groups, convolution, epsilon, weights, stepLimit } = mixer;
  const inner = heads * headSize;
  const keys = groups * stateSize;
  const convolved = inner + 2 * keys;
  const bias = (name: string | undefined, row: Row) => plus(row, optional(tensor, name));
  const projected = rows.map((row) =>
    bias(weights.inProjectionBias, times(tensor(weights.inProjection), row)),
  );
  const sums = convolve(
    projected.map((row) => row.slice(inner, inner + convolved)),
    tensor(weights.convolution),
    convolution,
  );
  const state = new Float64Array(heads * headSize * stateSize);

  return projected.map((row, t) => {
    const mixed = bias(weights.convolutionBias, sums[t]!).map(silu);
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
      return norm(part, tensor(weights.norm).subarray(group * size, (group + 1) * size), epsilon);
    }).flat();
    return bias(weights.outProjectionBias, times(tensor(weights.outProjection), normed));
  });
}
