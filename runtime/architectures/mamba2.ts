import type { Layer, ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';
import { readStepLimit, ssdWeights } from './ssd';

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
  const layer = layers(read, width, epsilon);
  return {
    family: 'mamba2',
    vocabulary: read.count('vocab_size'),
    width,
    embedding: 'backbone.embeddings.weight',
    ...(read.flag('tie_word_embeddings', false) ? {} : { head: 'lm_head.weight' }),
    layers: Array.from({ length: read.count('num_hidden_layers', 1000) }, (_, index) => layer(index)),
    finalNorm: { weight: 'backbone.norm_f.weight', epsilon },
  };
}

/** The layers differ only in their names. */
function layers(read: ConfigReader, width: number, epsilon: number): (index: number) => Layer {
  const heads = read.count('num_heads');
  const headSize = read.count('head_dim');
  const groups = read.count('n_groups');
  const inner = Math.trunc(read.positive('expand') * width);
  if (heads * headSize !== inner)
    throw new UserError(
      `config.json: ${heads} heads of ${headSize} must together be "expand" times "hidden_size" (${inner}). ` +
        'Download the model again, or correct the file.',
    );
  if (heads % groups !== 0)
    throw new UserError(
      `config.json: "num_heads" is ${heads}, but must be a multiple of "n_groups" (${groups}). ` +
        'Download the model again, or correct the file.',
    );
  const stateSize = read.count('state_size');
  const convolution = read.count('conv_kernel', 64);
  const biased = read.flag('use_bias', false);
  const convolutionBiased = read.flag('use_conv_bias', true);
  const stepLimit = readStepLimit(read);

  return (index) => {
    const prefix = `backbone.layers.${index}`;
    return {
      mixerNorm: { weight: `${prefix}.norm.weight`, epsilon },
      mixer: {
        kind: 'ssd',
        heads,
        headSize,
        stateSize,
        groups,
        convolution,
        stepLimit,
        epsilon,
        weights: ssdWeights(`${prefix}.mixer`, { biased, convolutionBiased, normed: true }),
      },
    };
  };
}
