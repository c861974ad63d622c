import type { Value } from '../builder';
import { biasOf, intoStream, tensorsOf, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { splitWithPending } from '../pending-rows';
import { matrix } from '../stored-tensors';

/** Based's gated short convolution: `out(silu(conv(u)) * gate)`, `u` and `gate` projected from the input. */
export interface BaseConvMixer {
  kind: 'base_conv';
  /** Channels of the convolution. */
  inner: number;
  /** Tokens that the convolution sees, the current one included. */
  convolution: number;
  /** Names of the checkpoint's tensors. */
  weights: {
    /** Rows u, gate. */
    inProjection: string;
    inProjectionBias?: string;
    convolution: string;
    outProjection: string;
    outProjectionBias?: string;
  };
}

export function baseConvTensors(
  { weights, inner, convolution }: BaseConvMixer,
  width: number,
): [name: string, shape: number[]][] {
  return tensorsOf([
    [weights.inProjection, [2 * inner, width]],
    [weights.inProjectionBias, [2 * inner]],
    [weights.convolution, [inner, 1, convolution]],
    [weights.outProjection, [width, inner]],
    [weights.outProjectionBias, [width]],
  ]);
}

export function baseConv(context: LayerContext, x: Value, mixer: BaseConvMixer): Value {
  const { graph, forms, width, last } = context;
  const { inner, convolution, weights } = mixer;
  const projection = matrix(weights.inProjection, 2 * inner, width);
  const projected = forms.into.multiply(graph, x, projection, biasOf(weights.inProjectionBias, 2 * inner));
  const [rows, gate] = splitWithPending(context, projected, [inner, inner], 0);
  const convolved = causalConvolution(context, graph.unsqueeze(rows!, 0), {
    channels: inner,
    size: convolution,
    weight: weights.convolution,
  });
  const asked = last ? context.wantedRows : context.readRows;
  const u = graph.silu(asked(graph.squeeze(convolved, 0)));
  const gated = graph.mul(u, last ? context.wantedRows(gate!) : gate!);
  return intoStream(context, gated, matrix(weights.outProjection, width, inner), weights.outProjectionBias);
}
