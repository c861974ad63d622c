import type { Activation } from '../graph/activation';
import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import type { GatedLongConvMixer } from '../graph/mixers/gated-long-conv';
import type { Norm } from '../graph/norm';
import { ConfigReader } from './config';

/**
 * `hyena` with implicit filters, as its authors train it (https://github.com/HazyResearch/safari) or as the MQAR
 * experiments do (https://github.com/HazyResearch/zoology): the same but for the order of the streams, the MLP and names.
 */
export function hyena(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('max_position_embeddings', 0);
  return !read.has('sequence_mixer') ? safari(read) : zoology(read);
}

interface Variant {
  layers: number;
  mixer: string;
  channel: string;
  inner: number;
  activation: Activation;
  order: GatedLongConvMixer['order'];
  /** The mixer's options. */
  options: ConfigReader;
}

function safari(read: ConfigReader): ModelDescription {
  const options = read.section('layer');
  options.exactly('modulate', true);
  return describe(read, {
    layers: read.count('n_layer', 1000),
    mixer: 'mixer',
    channel: 'mlp',
    inner: read.count('d_inner'),
    activation: 'gelu_tanh',
    order: ['post', 'pre', 'value'],
    options,
  });
}

function zoology(read: ConfigReader): ModelDescription {
  const [sequence, state] = [read.section('sequence_mixer'), read.section('state_mixer')];
  sequence.named('name', 'Hyena');
  state.named('name', 'MLP');
  const options = sequence.section('kwargs');
  options.exactly('bidirectional', false);
  return describe(read, {
    layers: read.count('n_layers', 1000),
    mixer: 'sequence_mixer',
    channel: 'state_mixer',
    inner: state.section('kwargs').countOr('hidden_mult', 4) * read.count('d_model'),
    activation: 'gelu',
    order: ['pre', 'post', 'value'],
    options,
  });
}

function describe(read: ConfigReader, variant: Variant): ModelDescription {
  const width = read.count('d_model');
  const epsilon = read.positive('layer_norm_epsilon');
  const multiple = read.countOr('pad_vocab_size_multiple', 1);
  const norm = (name: string): Norm => ({
    kind: 'layer',
    weight: `${name}.weight`,
    bias: `${name}.bias`,
    epsilon,
  });
  const layer = (index: number): Layer => {
    const prefix = `backbone.layers.${index}`;
    const channel = `${prefix}.${variant.channel}`;
    return {
      mixerNorm: norm(`${prefix}.norm1`),
      mixer: operator(variant, `${prefix}.${variant.mixer}`),
      channel: {
        kind: 'mlp',
        norm: norm(`${prefix}.norm2`),
        inner: variant.inner,
        activation: variant.activation,
        weights: {
          up: `${channel}.fc1.weight`,
          upBias: `${channel}.fc1.bias`,
          down: `${channel}.fc2.weight`,
          downBias: `${channel}.fc2.bias`,
        },
      },
    };
  };
  return {
    family: 'hyena',
    vocabulary: Math.ceil(read.count('vocab_size') / multiple) * multiple,
    width,
    embedding: 'backbone.embeddings.word_embeddings.weight',
    layers: Array.from({ length: variant.layers }, (_, index) => layer(index)),
    finalNorm: norm('backbone.ln_f'),
  };
}

function operator({ options, order }: Variant, prefix: string): Mixer {
  options.exactly('order', 2);
  for (const single of ['num_heads', 'num_blocks', 'inner_factor']) options.exactly(single, 1);
  options.exactly('outer_mixing', false);
  options.exactly('activation', 'id');
  options.exactly('shift', 0);
  return {
    kind: 'gated_long_conv',
    order,
    heads: 1,
    convolution: options.countOr('short_filter_order', 3),
    filter: {
      kind: 'implicit',
      length: options.count('l_max'),
      features: options.countOr('emb_dim', 3),
      order: options.countOr('filter_order', 64),
      hiddenLayers: options.countOr('num_inner_mlps', 2) + 1,
      prefix: `${prefix}.filter_fn`,
      network: 'implicit_filter',
    },
    weights: {
      inProjection: `${prefix}.in_proj.weight`,
      inProjectionBias: `${prefix}.in_proj.bias`,
      convolution: `${prefix}.short_filter.weight`,
      convolutionBias: `${prefix}.short_filter.bias`,
      skip: `${prefix}.filter_fn.bias`,
      outProjection: `${prefix}.out_proj.weight`,
      outProjectionBias: `${prefix}.out_proj.bias`,
    },
  };
}
