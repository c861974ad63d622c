import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';
import { mamba2Keys, readSsd } from './ssd';

/**
 * `striped`: Mamba-2 layers and attention layers with a window each, in the order of `layer_types`; SwiGLU after
 * every mixer, one matrix for embedding and head.
 */
export function striped(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('hidden_act', 'silu');
  read.exactly('tie_word_embeddings', true);
  const width = read.count('hidden_size');
  const count = read.count('num_hidden_layers', 1000);
  const kinds = read.choices('layer_types', count, ['mamba2', 'sliding_attention']);
  const epsilon = read.positive('rms_norm_eps');
  const inner = read.count('intermediate_size');
  const attentions = kinds.filter((kind) => kind === 'sliding_attention').length;
  const windows = attentions > 0 ? read.section('attention').counts('sliding_window', attentions) : [];

  let seen = 0;
  const layers = kinds.map((kind, index): Layer => {
    const prefix = `layers.${index}`;
    const mixer =
      kind === 'mamba2'
        ? mamba2(read.section('mamba2'), width, epsilon)(`${prefix}.mixer`)
        : slidingAttention(read.section('attention'), prefix, windows[seen++]!);
    const mlp = `${prefix}.mlp`;
    return {
      mixerNorm: { weight: `${prefix}.input_layernorm.weight`, epsilon },
      mixer,
      channel: {
        kind: 'glu',
        norm: { weight: `${prefix}.post_attention_layernorm.weight`, epsilon },
        inner,
        weights: {
          gate: `${mlp}.gate_proj.weight`,
          up: `${mlp}.up_proj.weight`,
          down: `${mlp}.down_proj.weight`,
        },
      },
    };
  });
  return {
    family: 'striped',
    vocabulary: read.count('vocab_size'),
    width,
    embedding: 'embed_tokens.weight',
    layers,
    finalNorm: { weight: 'norm.weight', epsilon },
  };
}

function mamba2(read: ConfigReader, width: number, epsilon: number): (prefix: string) => Mixer {
  read.exactly('norm_before_gate', false);
  return readSsd(read, mamba2Keys, { inner: read.count('expand') * width, epsilon, normed: true });
}

function slidingAttention(read: ConfigReader, prefix: string, window: number): Mixer {
  read.exactly('bias', false);
  const heads = read.count('num_heads');
  const keyValueHeads = read.count('num_kv_heads');
  const headSize = read.count('head_dim');
  if (heads % keyValueHeads !== 0 || headSize % 2 !== 0)
    throw new UserError(
      `config.json: attention has ${heads} heads for ${keyValueHeads} key heads of size ${headSize}; the first must be ` +
        'a multiple of the second, and the size even. Download the model again, or correct the file.',
    );
  const name = (part: string) => `${prefix}.self_attn.${part}_proj.weight`;
  return {
    kind: 'attention',
    heads,
    keyValueHeads,
    headSize,
    window,
    rope: { theta: read.positive('rope_theta'), size: headSize },
    weights: { query: name('q'), key: name('k'), value: name('v'), out: name('o') },
  };
}
