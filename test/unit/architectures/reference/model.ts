import type { Mixer, ModelDescription } from '../../../../runtime/graph/layers';
import { attentionReference } from './attention';
import { baseConvolutionReference } from './base-convolution';
import { channelReference } from './channels';
import { gatedDeltaReference } from './gated-delta';
import { gatedLongConvolutionReference } from './gated-long-convolution';
import { linearAttentionReference } from './linear-attention';
import { normed, plus, times, type Row, type Tensors } from './rows';
import { selectiveScanReference } from './selective-scan';
import { shortConvolutionReference } from './short-convolution';
import { ssdReference } from './ssd';

/** What a model's definition says, in float64: the logits after each of `ids`, one row for each. */
export function referenceLogits(model: ModelDescription, tensor: Tensors, ids: readonly number[]): Row[] {
  const { width, embeddingFactor = 1, residualFactor = 1 } = model;
  const embedding = tensor(model.embedding);
  let stream = ids.map((id): Row =>
    [...embedding.subarray(id * width, (id + 1) * width)].map((value) => value * embeddingFactor),
  );
  const add = (rows: Row[]) => stream.map((row, t) => plus(row, rows[t]!, residualFactor));
  for (const { mixer, mixerNorm, channel } of model.layers) {
    const before = stream.map((row) => normed(row, mixerNorm, tensor));
    stream = add(mix(mixer, before, tensor));
    if (channel)
      stream = add(stream.map((row) => channelReference(channel, normed(row, channel.norm, tensor), tensor)));
  }
  const head = tensor(model.head ?? model.embedding);
  return stream.map((row) => times(head, normed(row, model.finalNorm, tensor)));
}

function mix(mixer: Mixer, rows: Row[], tensor: Tensors): Row[] {
  switch (mixer.kind) {
    case 'ssd':
      return ssdReference(mixer, rows, tensor);
    case 'attention':
      return attentionReference(mixer, rows, tensor);
    case 'gated_delta':
      return gatedDeltaReference(mixer, rows, tensor);
    case 'parallel': {
      const parts = mixer.parts.map((part) => ({ ...part, rows: mix(part.mixer, rows, tensor) }));
      const zero = rows.map((row) => row.map(() => 0));
      return parts.reduce((sum, part) => sum.map((row, t) => plus(row, part.rows[t]!, part.factor)), zero);
    }
    case 'short_convolution':
      return shortConvolutionReference(mixer, rows, tensor);
    case 'selective_scan':
      return selectiveScanReference(mixer, rows, tensor);
    case 'base_conv':
      return baseConvolutionReference(mixer, rows, tensor);
    case 'linear_attention':
      return linearAttentionReference(mixer, rows, tensor);
    case 'gated_long_conv':
      return gatedLongConvolutionReference(mixer, rows, tensor);
  }
}
