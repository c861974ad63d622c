import type { ShortConvolutionMixer } from '../../../../runtime/graph/mixers/short-convolution';
import { biased, convolved, parts, times, type Row, type Tensors } from './rows';

export function shortConvolutionReference(
  { weights }: ShortConvolutionMixer,
  rows: Row[],
  tensor: Tensors,
): Row[] {
  const projected = rows.map((row) =>
    parts(biased(times(tensor(weights.inProjection), row), weights.inProjectionBias, tensor), row.length),
  );
  const gated = projected.map(([b, , x]) => b!.map((value, i) => value * x![i]!));
  return convolved(gated, tensor(weights.convolution)).map((row, t) => {
    const y = biased(row, weights.convolutionBias, tensor).map((value, i) => value * projected[t]![1]![i]!);
    return biased(times(tensor(weights.outProjection), y), weights.outProjectionBias, tensor);
  });
}
