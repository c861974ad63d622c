import type { Value } from '../builder';
import type { LayerContext } from '../context';
import type { Mixer } from '../layers';
import { attention, attentionTensors } from './attention';
import { baseConv, baseConvTensors } from './base-conv';
import { gatedLongConv, gatedLongConvTensors } from './gated-long-conv';
import { linearAttention, linearAttentionTensors } from './linear-attention';
import { gatedDelta, gatedDeltaTensors } from './gated-delta';
import { parallel, parallelTensors, type ParallelMixer } from './parallel';
import { selectiveScan, selectiveScanTensors } from './selective-scan';
import { shortConvolution, shortConvolutionTensors } from './short-convolution';
import { withFlatRows } from '../rows';
import { ssd, ssdTensors } from './ssd';

/** The mixer's part of the graph: rows of `width` -> such rows, in the last layer those of the wanted positions. */
export function buildMixer(context: LayerContext, x: Value, mixer: Mixer): Value {
  if (mixer.kind === 'parallel') return parallel(context, x, mixer);
  const mixed = buildOne(context, x, mixer);
  const { graph, onMixed, residualFactor = 1 } = context;
  onMixed?.(residualFactor === 1 ? mixed : graph.mul(mixed, graph.float(1 / residualFactor)));
  return mixed;
}

function buildOne(context: LayerContext, x: Value, mixer: Exclude<Mixer, ParallelMixer>): Value {
  switch (mixer.kind) {
    case 'ssd':
      return ssd(context, x, mixer);
    case 'selective_scan':
      return withFlatRows(context, x, (rows) => selectiveScan(context, rows, mixer));
    case 'base_conv':
      return withFlatRows(context, x, (rows) => baseConv(context, rows, mixer));
    case 'linear_attention':
      return withFlatRows(context, x, (rows) => linearAttention(context, rows, mixer));
    case 'gated_long_conv':
      return withFlatRows(context, x, (rows) => gatedLongConv(context, rows, mixer));
    case 'attention':
      return attention(context, x, mixer);
    case 'gated_delta':
      return gatedDelta(context, x, mixer);
    case 'short_convolution':
      return shortConvolution(context, x, mixer);
  }
}

export function mixerTensors(mixer: Mixer, width: number): [name: string, shape: number[]][] {
  switch (mixer.kind) {
    case 'ssd':
      return ssdTensors(mixer, width);
    case 'selective_scan':
      return selectiveScanTensors(mixer, width);
    case 'base_conv':
      return baseConvTensors(mixer, width);
    case 'linear_attention':
      return linearAttentionTensors(mixer, width);
    case 'gated_long_conv':
      return gatedLongConvTensors(mixer, width);
    case 'attention':
      return attentionTensors(mixer, width);
    case 'gated_delta':
      return gatedDeltaTensors(mixer, width);
    case 'parallel':
      return parallelTensors(mixer, width);
    case 'short_convolution':
      return shortConvolutionTensors(mixer, width);
  }
}
