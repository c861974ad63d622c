import type { GatedLongConvMixer } from '../../../../runtime/graph/mixers/gated-long-conv';
import { implicitResponse, modalResponse, type Response } from './long-filters';
import { biased, convolved as convolve, times, type Row, type Tensors } from './rows';

/** Hyena's operator with its filter summed up directly. */
export function gatedLongConvolutionReference(
  mixer: GatedLongConvMixer,
  rows: Row[],
  tensor: Tensors,
): Row[] {
  const { order, heads, weights } = mixer;
  const filter = responseOf(mixer, tensor);
  const width = rows[0]!.length;
  const size = width / heads;
  const projected = rows.map((row) =>
    biased(times(tensor(weights.inProjection), row), weights.inProjectionBias, tensor),
  );
  const convolved = convolve(projected, tensor(weights.convolution)).map((row) =>
    biased(row, weights.convolutionBias, tensor),
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
    return biased(times(tensor(weights.outProjection), gated), weights.outProjectionBias, tensor);
  });
}

function responseOf({ filter }: GatedLongConvMixer, tensor: Tensors): Response {
  if (filter.kind === 'implicit') return implicitResponse(filter, tensor);
  return modalResponse(tensor(filter.poles), tensor(filter.residues), filter.modes);
}
