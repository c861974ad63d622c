import type { SelectiveScanMixer } from '../../../../runtime/graph/mixers/selective-scan';
import { biased, convolved as convolve, norm, silu, times, type Row, type Tensors } from './rows';

/** The selective scan as its recurrence says. */
export function selectiveScanReference(mixer: SelectiveScanMixer, rows: Row[], tensor: Tensors): Row[] {
  const { inner, stateSize, rank, stepNormEpsilon, weights } = mixer;
  const projected = rows.map((row) =>
    biased(times(tensor(weights.inProjection), row), weights.inProjectionBias, tensor),
  );
  const convolved = convolve(
    projected.map((row) => row.slice(0, inner)),
    tensor(weights.convolution),
  ).map((row) => biased(row, weights.convolutionBias, tensor).map(silu));
  const normed = (row: Row) =>
    stepNormEpsilon === undefined ? row : norm(row, new Float32Array(row.length).fill(1), stepNormEpsilon);
  const [aLog, d] = [tensor(weights.aLog), tensor(weights.d)];
  const state = new Float64Array(inner * stateSize);

  return convolved.map((x, t) => {
    const selected = times(tensor(weights.xProjection), x);
    const low = normed(selected.slice(0, rank));
    const b = normed(selected.slice(rank, rank + stateSize));
    const c = normed(selected.slice(rank + stateSize));
    const dt = biased(times(tensor(weights.dtProjection), low), weights.dtBias, tensor);
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
    return biased(times(tensor(weights.outProjection), y), weights.outProjectionBias, tensor);
  });
}
