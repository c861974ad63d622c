import type { BaseConvMixer } from '../../../../runtime/graph/mixers/base-conv';
import { biased, convolved, silu, times, type Row, type Tensors } from './rows';

export function baseConvolutionReference(mixer: BaseConvMixer, rows: Row[], tensor: Tensors): Row[] {
  const { inner, weights } = mixer;
  const projected = rows.map((row) =>
    biased(times(tensor(weights.inProjection), row), weights.inProjectionBias, tensor),
  );
  const u = convolved(
    projected.map((row) => row.slice(0, inner)),
    tensor(weights.convolution),
  );
  return projected.map((row, t) => {
    const gated = u[t]!.map((value, i) => silu(value) * row[inner + i]!);
    return biased(times(tensor(weights.outProjection), gated), weights.outProjectionBias, tensor);
  });
}
