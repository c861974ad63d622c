import type { Value } from '../builder';
import { biasOf, intoStream, tensorsOf, type LayerContext } from '../context';
import { causalConvolution } from '../convolution';
import { implicitConvolution, implicitFilterTensors, type ImplicitFilter } from '../implicit-filter';
import { modalConvolution, modalTensors, type ModalFilter } from '../modal-convolution';
import { freshRows, withPending } from '../pending-rows';
import { matrix } from '../stored-tensors';

/**
 * Hyena's operator of order 2: three streams are projected and each convolved shortly; then
 * `y = post * (h (*) u + skip * u)` with `u = pre * value`, h a filter as long as the text.
 */
export interface GatedLongConvMixer {
  kind: 'gated_long_conv';
  /** The streams in the order in which the projection gives them. */
  order: readonly ('pre' | 'post' | 'value')[];
  /** The projection gives the streams of one head after those of the other; 1 = each stream in one piece. */
  heads: number;
  /** Tokens that the short convolution sees, the current one included. */
  convolution: number;
  filter: ModalFilter | ImplicitFilter;
  /** Names of the checkpoint's tensors. */
  weights: {
    inProjection: string;
    inProjectionBias?: string;
    convolution: string;
    convolutionBias?: string;
    skip: string;
    outProjection: string;
    outProjectionBias?: string;
  };
}

export function gatedLongConvTensors(
  { weights, convolution, filter }: GatedLongConvMixer,
  width: number,
): [name: string, shape: number[]][] {
  return [
    ...tensorsOf([
      [weights.inProjection, [3 * width, width]],
      [weights.inProjectionBias, [3 * width]],
      [weights.convolution, [3 * width, 1, convolution]],
      [weights.convolutionBias, [3 * width]],
      [weights.skip, [width]],
      [weights.outProjection, [width, width]],
      [weights.outProjectionBias, [width]],
    ]),
    ...(filter.kind === 'modal' ? modalTensors(filter, width) : implicitFilterTensors(filter, width)),
  ];
}

export function gatedLongConv(context: LayerContext, x: Value, mixer: GatedLongConvMixer): Value {
  const { graph, forms, width, last } = context;
  const { order, heads, weights, filter } = mixer;
  const projection = matrix(weights.inProjection, 3 * width, width);
  const projected = forms.into.multiply(graph, x, projection, biasOf(weights.inProjectionBias, 3 * width));
  const [fresh] = graph.nodeWithOutputs('Identity', [projected], {}, [freshRows(context)]);
  const rows = withPending(context, fresh!, 3 * width);
  const convolved = causalConvolution(context, graph.unsqueeze(rows, 0), {
    channels: 3 * width,
    size: mixer.convolution,
    weight: weights.convolution,
    bias: weights.convolutionBias,
  });
  const streams = graph.split(graph.reshape(convolved, [-1, heads, 3, width / heads]), [1, 1, 1], 2);
  const stream = (which: 'pre' | 'post' | 'value') =>
    graph.reshape(streams[order.indexOf(which)]!, [-1, width]);

  const u = graph.mul(stream('pre'), stream('value'));
  const y =
    filter.kind === 'modal'
      ? modalConvolution(context, u, filter, width, weights.skip)
      : implicitConvolution(context, u, filter, width, weights.skip);
  const asked = last ? context.wantedRows : context.readRows;
  const gated = graph.mul(asked(y), asked(stream('post')));
  return intoStream(context, gated, matrix(weights.outProjection, width, width), weights.outProjectionBias);
}
