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
import { ssd, ssdTensors } from './ssd';

/** The mixer's part of the graph: `x [T, width] -> [T, width]`, in the last layer [wanted, width]. */
export function buildMixer(context: LayerContext, x: Value, mixer: Mixer): Value {
  if (mixer.kind === 'parallel') return parallel(context, x, mixer);
  const mixed = buildOne(context, x, mixer);
  context.onMixed?.(mixed);
  return mixed;
}

function buildOne(context: LayerContext, x: Value, mixer: Exclude<Mixer, ParallelMixer>): Value {
  switch (mixer.kind) {
    case 'ssd':
      return ssd(context, x, mixer);
    case 'selective_scan':
      return selectiveScan(context, x, mixer);
    case 'base_conv':
      return baseConv(context, x, mixer);
    case 'linear_attention':
      return linearAttention(context, x, mixer);
    case 'gated_long_conv':
      return gatedLongConv(context, x, mixer);
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
