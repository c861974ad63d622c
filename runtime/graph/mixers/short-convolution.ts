import type { Value } from '../builder';
import { biasOf, tensorsOf, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { withPending } from '../pending-rows';
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
  const projection = matrix(weights.inProjection, 3 * width, width);
  const projected = forms.into.multiply(graph, x, projection, biasOf(weights.inProjectionBias, 3 * width));
  const [b, c, input] = graph.split(projected, [width, width, width], 1);
  const rows = withPending(context, graph.mul(b!, input!), width);
  const mixed = causalConvolution(context, graph.unsqueeze(rows, 0), {
    channels: width,
    size: convolution,
    weight: weights.convolution,
    bias: weights.convolutionBias,
  });
  const asked = last ? context.wantedRows : context.readRows;
  const gated = graph.mul(last ? context.wantedRows(c!) : c!, asked(graph.squeeze(mixed, 0)));
  const out = matrix(weights.outProjection, width, width);
  return forms.outOf.multiply(graph, gated, out, biasOf(weights.outProjectionBias, width));
}
