import type { SelectiveScanMixer } from '../../../runtime/graph/mixers/selective-scan';
import { convolve, norm, optional, plus, silu, times, type ReadTensor, type Row } from './definition';

/** The selective scan as its recurrence says. */
export function selectiveScanReference(mixer: SelectiveScanMixer, rows: Row[], tensor: ReadTensor): Row[] {
  const { inner, stateSize, rank, convolution, stepNormEpsilon, weights } = mixer;
  const bias = (name: string | undefined, row: Row) => plus(row, optional(tensor, name));
  const projected = rows.map((row) =>
    bias(weights.inProjectionBias, times(tensor(weights.inProjection), row)),
  );
  const convolved = convolve(
    projected.map((row) => row.slice(0, inner)),
    tensor(weights.convolution),
    convolution,
  ).map((row) => bias(weights.convolutionBias, row).map(silu));
  const normed = (row: Row) =>
    stepNormEpsilon === undefined ? row : norm(row, new Float32Array(row.length).fill(1), stepNormEpsilon);
  const [aLog, d] = [tensor(weights.aLog), tensor(weights.d)];
  const state = new Float64Array(inner * stateSize);

  return convolved.map((x, t) => {
    const selected = times(tensor(weights.xProjection), x);
    const low = normed(selected.slice(0, rank));
    const b = normed(selected.slice(rank, rank + stateSize));
    const c = normed(selected.slice(rank + stateSize));
    const dt = bias(weights.dtBias, times(tensor(weights.dtProjection), low));
    const y = x.map((value, channel) => {
      const step = Math.log1p(Math.exp(dt[channel]!));
      let sum = d[channel]! * value;
      for (let n = 0; n < stateSize; n++) {
        const at = channel * stateSize + n;
        state[at] = Math.exp(-step * Math.exp(aLog[at]!)) * state[at]! + step * b[n]! * value;
        sum += c[n]! * state[at]!;
      }
      return sum * silu(projected[t]![inner + channel]!);
    });
    return bias(weights.outProjectionBias, times(tensor(weights.outProjection), y));
  });
}
