import type { Value } from '../builder';
import { biasOf, intoStream, tensorsOf, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { withPending } from '../pending-rows';
import { asRows, asSequence, splitRows } from '../rows';
import { matrix } from '../stored-tensors';

/** LFM2's short convolution: `out(C * convolution(B * x))`, where B, C and x are projections of the input. */
export interface ShortConvolutionMixer {
  kind: 'short_convolution';
  /** Tokens that the convolution sees, the current one included. */
  convolution: number;
  /** Names of the checkpoint's tensors. */
  weights: {
    /** Rows B, C, x. */
    inProjection: string;
    inProjectionBias?: string;
    convolution: string;
    convolutionBias?: string;
    outProjection: string;
    outProjectionBias?: string;
  };
}

export function shortConvolutionTensors(
  { weights, convolution }: ShortConvolutionMixer,
  width: number,
): [name: string, shape: number[]][] {
  return tensorsOf([
    [weights.inProjection, [3 * width, width]],
    [weights.inProjectionBias, [3 * width]],
    [weights.convolution, [width, 1, convolution]],
    [weights.convolutionBias, [width]],
    [weights.outProjection, [width, width]],
    [weights.outProjectionBias, [width]],
  ]);
}

export function shortConvolution(context: LayerContext, x: Value, mixer: ShortConvolutionMixer): Value {
  const { graph, forms, width, last } = context;
  const { weights, convolution } = mixer;
  if (context.normed && !weights.inProjectionBias) forms.into.addSpareProducts?.(graph, x, width);
  const projection = matrix(weights.inProjection, 3 * width, width);
  const projected = forms.into.multiply(graph, x, projection, biasOf(weights.inProjectionBias, 3 * width));
  const [b, c, input] = splitRows(context, projected, [width, width, width]);
  const rows = withPending(context, graph.mul(b!, input!), width);
  const mixed = causalConvolution(context, asSequence(context, rows), {
    channels: width,
    size: convolution,
    weight: weights.convolution,
    bias: weights.convolutionBias,
  });
  const asked = last ? context.wantedRows : context.readRows;
  const gated = graph.mul(last ? context.wantedRows(c!) : c!, asked(asRows(context, mixed)));
  return intoStream(context, gated, matrix(weights.outProjection, width, width), weights.outProjectionBias);
}
