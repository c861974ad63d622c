import type { Mixer, ModelDescription } from '../../../runtime/graph/layers';
import type { Norm, RmsNorm } from '../../../runtime/graph/norm';
import { attentionReference } from './reference-attention';
import { channelReference } from './reference-channels';
import { gatedDeltaReference } from './reference-gated-delta';
import { normed, plus, times, type Row, type Tensors } from './reference-rows';
import { shortConvolutionReference } from './reference-short-convolution';
import { ssdReference } from './reference-ssd';

/** What a model's definition says, in float64: the logits after each of `ids`, one row for each. */
export function referenceLogits(model: ModelDescription, tensor: Tensors, ids: readonly number[]): Row[] {
  const { width, embeddingFactor = 1, residualFactor = 1 } = model;
  const embedding = tensor(model.embedding);
  let stream = ids.map((id): Row =>
    [...embedding.subarray(id * width, (id + 1) * width)].map((value) => value * embeddingFactor),
  );
  const add = (rows: Row[]) => stream.map((row, t) => plus(row, rows[t]!, residualFactor));
  for (const { mixer, mixerNorm, channel } of model.layers) {
    const before = stream.map((row) => normed(row, rms(mixerNorm), tensor));
    stream = add(mix(mixer, before, tensor));
    if (channel)
      stream = add(
        stream.map((row) => channelReference(channel, normed(row, rms(channel.norm), tensor), tensor)),
      );
  }
  const head = tensor(model.head ?? model.embedding);
  return stream.map((row) => times(head, normed(row, rms(model.finalNorm), tensor)));
}

function rms(norm: Norm): RmsNorm {
  if (norm.kind === 'layer') throw new Error('No family here has such a norm');
  return norm;
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
    default:
      throw new Error(`No family here has a mixer of kind ${mixer.kind}`);
  }
}
