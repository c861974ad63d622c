import type { ModelDescription } from '../graph/layers';
import { ConfigReader } from './config';
import { mamba2Keys, readSsd } from './ssd';

/**
 * `mamba2` as Hugging Face stores it: Mamba-2 mixers alone, each behind a norm. The gated norm takes each group's
 * channels by themselves, as the models were trained, though transformers 5.17 takes them all together.
 */
export function mamba2(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('hidden_act', 'silu');
  read.exactly('rms_norm', true);
  read.exactly('norm_before_gate', false);
  const width = read.count('hidden_size');
  const epsilon = read.positive('layer_norm_epsilon');
  const inner = Math.trunc(read.positive('expand') * width);
  const mixer = readSsd(read, mamba2Keys, { inner, epsilon, normed: true });
  return {
    family: 'mamba2',
    vocabulary: read.count('vocab_size'),
    width,
    embedding: 'backbone.embeddings.weight',
    ...(read.flag('tie_word_embeddings', false) ? {} : { head: 'lm_head.weight' }),
    layers: Array.from({ length: read.count('num_hidden_layers', 1000) }, (_, index) => {
      const prefix = `backbone.layers.${index}`;
      return {
        mixerNorm: { weight: `${prefix}.norm.weight`, epsilon },
        mixer: mixer(`${prefix}.mixer`),
      };
    }),
    finalNorm: { weight: 'backbone.norm_f.weight', epsilon },
  };
}
