import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';

/**
 * `based` (https://github.com/HazyResearch/based): gated short convolutions, with a few layers of linear attention and of
 * attention over a small window among them; SwiGLU after every mixer.
 */
export function based(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('rms_norm', true);
  read.exactly('activation_function', 'swiglu');
  read.exactly('max_position_embeddings', 0);
  read.exactly('rotary_emb_fraction', 1);
  for (const bias of ['qkv_proj_bias', 'out_proj_bias', 'mlp_fc1_bias', 'mlp_fc2_bias'])
    read.exactly(bias, false);
  const width = read.count('n_embd');
  const epsilon = read.positive('layer_norm_epsilon');
  const multiple = read.countOr('pad_vocab_size_multiple', 8);
  // The authors' gated MLP rounds up what it is asked for.
  const inner = Math.ceil(read.count('n_inner') / 256) * 256;
  const linear = new Set(read.indices('alt_mixer_layers'));
  const sliding = new Set(read.indices('alt_mixer_2_layers'));

  const mixer = (index: number, name: (part: string) => string): Mixer => {
    if (linear.has(index)) return linearAttention(read.section('alt_mixer'), width, name);
    if (sliding.has(index)) return slidingAttention(read.section('alt_mixer_2'), width, name);
    return baseConv(read.section('mixer'), width, name);
  };
  const layer = (index: number): Layer => {
    const prefix = `transformer.layers.${index}`;
    const up = { tensor: `${prefix}.mlp.fc1.weight`, first: 0, of: 2 * inner };
    return {
      mixerNorm: { weight: `${prefix}.norm1.weight`, epsilon },
      mixer: mixer(index, (part) => `${prefix}.mixer.${part}`),
      channel: {
        kind: 'glu',
        norm: { weight: `${prefix}.norm2.weight`, epsilon },
        inner,
        weights: { up, gate: { ...up, first: inner }, down: `${prefix}.mlp.fc2.weight` },
      },
    };
  };
  return {
    family: 'based',
    vocabulary: Math.ceil(read.count('vocab_size') / multiple) * multiple,
    width,
    embedding: 'transformer.embeddings.word_embeddings.weight',
    ...(read.flag('tie_word_embeddings', true) ? {} : { head: 'lm_head.weight' }),
    layers: Array.from({ length: read.count('n_layer', 1000) }, (_, index) => layer(index)),
    finalNorm: { weight: 'transformer.ln_f.weight', epsilon },
  };
}

function baseConv(read: ConfigReader, width: number, name: (part: string) => string): Mixer {
  read.named('_target_', 'BaseConv');
  const biased = read.flag('use_bias', true);
  return {
    kind: 'base_conv',
    inner: (read.countOr('expand_proj', 4) * width) / 2,
    convolution: read.counts('kernel_sizes', 1)[0]!,
    weights: {
      inProjection: name('in_proj.weight'),
      inProjectionBias: biased ? name('in_proj.bias') : undefined,
      convolution: name('conv.conv.weight'),
      outProjection: name('out_proj.weight'),
      outProjectionBias: biased ? name('out_proj.bias') : undefined,
    },
  };
}

function linearAttention(read: ConfigReader, width: number, name: (part: string) => string): Mixer {
  read.named('_target_', 'LinearAttention');
  read.section('feature_map').named('_target_', 'TaylorExp');
  const { heads, headSize } = headsOf(read, width);
  return {
    kind: 'linear_attention',
    heads,
    headSize,
    featureSize: read.count('feature_dim', 64),
    weights: {
      query: name('proj_q.weight'),
      key: name('proj_k.weight'),
      value: name('proj_v.weight'),
      out: name('out_proj.weight'),
    },
  };
}

function slidingAttention(read: ConfigReader, width: number, name: (part: string) => string): Mixer {
  read.named('_target_', 'SlidingAttention');
  read.exactly('causal', true);
  const { heads, headSize } = headsOf(read, width);
  const query = { tensor: name('Wqkv.weight'), first: 0, of: 3 * width };
  return {
    kind: 'attention',
    heads,
    keyValueHeads: heads,
    headSize,
    // The authors' window reaches half of this to either side, and nothing is to be seen on one.
    window: Math.floor(read.count('window_size') / 2) + 1,
    rope: { theta: 10000, size: headSize },
    weights: {
      query,
      key: { ...query, first: width },
      value: { ...query, first: 2 * width },
      out: name('out_proj.weight'),
    },
  };
}

function headsOf(read: ConfigReader, width: number) {
  const heads = read.count('num_heads');
  if (width % heads !== 0)
    throw new UserError(
      `config.json: "n_embd" is ${width}, but must be a multiple of "num_heads" (${heads}). ` +
        'Download the model again, or correct the file.',
    );
  return { heads, headSize: width / heads };
}
