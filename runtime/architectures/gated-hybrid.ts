import type { Channel, Layer, Mixer, ModelDescription } from '../graph/layers';
import type { DeltaProjections } from '../graph/mixers/gated-delta';
import { UserError } from '../protocol/errors';
import { readHeads, readRope } from './attention';
import type { ConfigReader } from './config';
import { selfAttention, vocabulary } from './transformer';

type Projections = (name: (part: string) => string) => DeltaProjections;

/**
 * The plan of Qwen's hybrids: gated delta nets, and in between gated attention over everything; norms are stored around
 * one, but for those of the delta nets' heads.
 * @param model what the names of the weights begin with
 */
export function gatedHybrid(
  family: string,
  read: ConfigReader,
  projections: Projections,
  channel: (prefix: string, layer: number) => Channel,
  model = 'model',
): ModelDescription {
  read.exactly('hidden_act', 'silu');
  const epsilon = read.positive('rms_norm_eps');
  const norm = (weight: string) => ({ weight, epsilon, aroundOne: true });
  const mixers = {
    linear_attention: gatedDelta(read, projections),
    full_attention: gatedAttention(read),
  };
  const layers = layerTypes(read).map((type, index): Layer => {
    const prefix = `${model}.layers.${index}`;
    return {
      mixerNorm: norm(`${prefix}.input_layernorm.weight`),
      mixer: mixers[type](prefix),
      channel: {
        ...channel(`${prefix}.mlp`, index),
        norm: norm(`${prefix}.post_attention_layernorm.weight`),
      },
    };
  });
  const ends = { ...vocabulary(read), embedding: `${model}.embed_tokens.weight` };
  return { family, ...ends, layers, finalNorm: norm(`${model}.norm.weight`) };
}

function gatedDelta(read: ConfigReader, projections: Projections): (prefix: string) => Mixer {
  const keyHeads = read.count('linear_num_key_heads');
  const valueHeads = read.count('linear_num_value_heads');
  if (valueHeads % keyHeads !== 0)
    throw new UserError(
      `config.json: "linear_num_value_heads" is ${valueHeads}, but must be a multiple of "linear_num_key_heads" ` +
        `(${keyHeads}). Download the model again, or correct the file.`,
    );
  const shape = {
    keyHeads,
    keySize: read.count('linear_key_head_dim'),
    valueHeads,
    valueSize: read.count('linear_value_head_dim'),
    convolution: read.count('linear_conv_kernel_dim', 64),
    epsilon: read.positive('rms_norm_eps'),
  };
  return (prefix) => {
    const name = (part: string) => `${prefix}.linear_attn.${part}`;
    return {
      kind: 'gated_delta',
      ...shape,
      weights: {
        projections: projections(name),
        convolution: name('conv1d.weight'),
        dtBias: name('dt_bias'),
        aLog: name('A_log'),
        norm: name('norm.weight'),
        outProjection: name('out_proj.weight'),
      },
    };
  };
}

function gatedAttention(read: ConfigReader): (prefix: string) => Mixer {
  read.exactly('attention_bias', false);
  read.exactly('attn_output_gate', true);
  const heads = readHeads(read, read.count('hidden_size'));
  const rope = readRope(read, heads.headSize, { share: 0.25 });
  const epsilon = read.positive('rms_norm_eps');
  return (prefix) => {
    const attention = `${prefix}.self_attn`;
    const norm = (part: string) => ({ weight: `${attention}.${part}_norm.weight`, epsilon, aroundOne: true });
    const norms = { query: norm('q'), key: norm('k') };
    const shape = { ...heads, window: Infinity, rope, norms, gated: true };
    return selfAttention(attention, { shape, biases: { input: false, output: false } });
  };
}

/** One for each layer; where the config has no list, attention comes at a fixed interval. */
function layerTypes(read: ConfigReader): ('linear_attention' | 'full_attention')[] {
  const count = read.count('num_hidden_layers', 1000);
  if (read.has('layer_types'))
    return read.choices('layer_types', count, ['linear_attention', 'full_attention']);
  const interval = read.has('full_attention_interval') ? read.count('full_attention_interval') : 4;
  return Array.from({ length: count }, (_, index) =>
    (index + 1) % interval === 0 ? 'full_attention' : 'linear_attention',
  );
}
