import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { readHeads, readRope } from './attention';
import { ConfigReader } from './config';
import { selfAttention, vocabulary } from './transformer';

/** `lfm2` as Hugging Face stores it: short convolutions, and here and there attention over everything. */
export function lfm2(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  const epsilon = read.positive('norm_eps');
  const inner = innerSize(read);
  const mixers = { full_attention: attentionOf(read, epsilon), conv: convolutionOf(read) };
  const layers = layerTypes(read).map((type, index): Layer => {
    const prefix = `model.layers.${index}`;
    const part = (name: string) => `${prefix}.feed_forward.${name}.weight`;
    return {
      mixerNorm: { weight: `${prefix}.operator_norm.weight`, epsilon },
      mixer: mixers[type](prefix),
      channel: {
        kind: 'glu',
        norm: { weight: `${prefix}.ffn_norm.weight`, epsilon },
        inner,
        weights: { gate: part('w1'), up: part('w3'), down: part('w2') },
      },
    };
  });
  return {
    family: 'lfm2',
    ...vocabulary(read, read.flag('tie_embedding', true)),
    layers,
    finalNorm: { weight: 'model.embedding_norm.weight', epsilon },
  };
}

function attentionOf(read: ConfigReader, epsilon: number): (prefix: string) => Mixer {
  const heads = readHeads(read, read.count('hidden_size'));
  const rope = readRope(read, heads.headSize, { theta: 1e6 });
  return (prefix) => {
    const norm = (part: string) => ({ weight: `${prefix}.self_attn.${part}_layernorm.weight`, epsilon });
    const shape = { ...heads, window: Infinity, rope, norms: { query: norm('q'), key: norm('k') } };
    return selfAttention(
      `${prefix}.self_attn`,
      { shape, biases: { input: false, output: false } },
      'out_proj',
    );
  };
}

function convolutionOf(read: ConfigReader): (prefix: string) => Mixer {
  const convolution = read.count('conv_L_cache', 64);
  const biased = read.flag('conv_bias', false);
  return (prefix) => {
    const name = (part: string) => `${prefix}.conv.${part}`;
    return {
      kind: 'short_convolution',
      convolution,
      weights: {
        inProjection: name('in_proj.weight'),
        convolution: name('conv.weight'),
        outProjection: name('out_proj.weight'),
        ...(biased && {
          inProjectionBias: name('in_proj.bias'),
          convolutionBias: name('conv.bias'),
          outProjectionBias: name('out_proj.bias'),
        }),
      },
    };
  };
}

/** One for each layer; older configs give the places of attention instead. */
function layerTypes(read: ConfigReader): ('conv' | 'full_attention')[] {
  const count = read.count('num_hidden_layers', 1000);
  if (read.has('layer_types')) return read.choices('layer_types', count, ['conv', 'full_attention']);
  const places = read.raw('full_attn_idxs');
  const isPlace = (item: unknown) =>
    Number.isInteger(item) && (item as number) >= 0 && (item as number) < count;
  if (!Array.isArray(places) || !places.every(isPlace))
    throw new UserError(
      'config.json: "layer_types" or "full_attn_idxs" must say which layers are attention. Download the model again.',
    );
  return Array.from({ length: count }, (_, index) => (places.includes(index) ? 'full_attention' : 'conv'));
}

/** What `intermediate_size` stands for, as the model's own code works it out. */
function innerSize(read: ConfigReader): number {
  const size = read.count(read.has('block_ff_dim') ? 'block_ff_dim' : 'intermediate_size');
  if (!read.flag('block_auto_adjust_ff_dim', true)) return size;
  const reduced = Math.trunc((2 * size) / 3);
  // An explicit null leaves the size as it is; absent it is 1.
  if (read.raw('block_ffn_dim_multiplier') === null) return reduced;
  const multiple = read.has('block_multiple_of') ? read.count('block_multiple_of') : 256;
  const scaled = Math.trunc(read.factor('block_ffn_dim_multiplier', 1) * reduced);
  return Math.ceil(scaled / multiple) * multiple;
}
