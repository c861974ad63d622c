import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';

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
        ? mamba2(read.section('mamba2'), prefix, width, epsilon)
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

function mamba2(read: ConfigReader, prefix: string, width: number, epsilon: number): Mixer {
  read.exactly('n_groups', 1);
  read.exactly('use_conv_bias', true);
  read.exactly('use_bias', false);
  read.exactly('norm_before_gate', false);
  unlimitedTimeStep(read);
  const heads = read.count('num_heads');
  const headSize = read.count('head_dim');
  if (heads * headSize !== read.count('expand') * width)
    throw new UserError(
      `config.json: mamba2 has ${heads} heads of ${headSize}, which must together be "expand" times "hidden_size" ` +
        `(${read.count('expand')} x ${width}). Download the model again, or correct the file.`,
    );
  const name = (part: string) => `${prefix}.mixer.${part}`;
  return {
    kind: 'ssd',
    heads,
    headSize,
    stateSize: read.count('state_size'),
    groups: 1,
    convolution: read.count('conv_kernel', 64),
    epsilon,
    weights: {
      inProjection: name('in_proj.weight'),
      convolution: name('conv1d.weight'),
      convolutionBias: name('conv1d.bias'),
      dtBias: name('dt_bias'),
      aLog: name('A_log'),
      d: name('D'),
      norm: name('norm.weight'),
      outProjection: name('out_proj.weight'),
    },
  };
}

/** The time step is not clamped; a config that asks for a limit would be computed wrongly. */
function unlimitedTimeStep(read: ConfigReader): void {
  const limit = read.raw('time_step_limit');
  if (limit === undefined || limit === null) return;
  const [low, high] = Array.isArray(limit) ? (limit as unknown[]) : [];
  if (low !== 0 || (high !== null && high !== Infinity))
    throw new UserError('config.json: "mamba2.time_step_limit" must be [0, null]: limits are not computed.');
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
