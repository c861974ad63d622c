import type { BidirectionalFilter, EncoderDescription, EncoderLayer } from '../graph/encoder-layers';
import type { LayerNorm } from '../graph/norm';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';

/**
 * `m2_bert` (https://github.com/HazyResearch/m2): an encoder of bidirectional long convolutions and block-diagonal MLPs.
 * Its vector of a text is that of the first token, as the retrieval models were trained. The attention mask has no
 * effect in the original either, so texts are always padded to their full length.
 */
export function m2Bert(config: unknown): EncoderDescription {
  const read = ConfigReader.of(config);
  for (const key of ['monarch_mixer_sequence_mixing', 'bidirectional', 'use_glu_mlp', 'use_monarch_mlp'])
    read.exactly(key, true);
  read.exactly('use_positional_encodings', true);
  for (const key of [
    'pool_all',
    'hyena_training_additions',
    'use_learnable_monarch',
    'sequence_token_planting',
  ])
    read.exactly(key, false);
  const width = read.count('hidden_size');
  const length = read.count('max_position_embeddings');
  if (read.count('long_conv_l_max') !== length)
    throw new UserError(
      `config.json: "long_conv_l_max" must be "max_position_embeddings" (${length}). ` +
        'Download the model again, or correct the file.',
    );
  const epsilon = read.positive('layer_norm_eps');
  const norm = (name: string): LayerNorm => ({
    kind: 'layer',
    weight: `${name}.weight`,
    bias: `${name}.bias`,
    epsilon,
  });
  const embeddings = 'bert.embeddings';
  return {
    kind: 'encoder',
    family: 'm2_bert',
    vocabulary: read.count('vocab_size'),
    width,
    length,
    padding: 0,
    embeddings: {
      words: `${embeddings}.word_embeddings.weight`,
      positions: `${embeddings}.position_embeddings.weight`,
      types: `${embeddings}.token_type_embeddings.weight`,
      typeCount: read.countOr('type_vocab_size', 2),
    },
    embeddingNorm: norm(`${embeddings}.LayerNorm`),
    layers: Array.from({ length: read.count('num_hidden_layers', 1000) }, (_, index) =>
      layer(read, `bert.encoder.layer.${index}`, { width, length }, norm),
    ),
    pooler: { weight: 'bert.pooler.dense.weight', bias: 'bert.pooler.dense.bias' },
  };
}

function layer(
  read: ConfigReader,
  prefix: string,
  { width, length }: { width: number; length: number },
  norm: (name: string) => LayerNorm,
): EncoderLayer {
  const mixer = `${prefix}.attention`;
  const inner = read.count('intermediate_size');
  const blocks = read.countOr('monarch_mlp_nblocks', 4);
  if (width % blocks !== 0 || inner % blocks !== 0)
    throw new UserError(
      `config.json: "hidden_size" (${width}) and "intermediate_size" (${inner}) must be multiples of ` +
        `"monarch_mlp_nblocks" (${blocks}). Download the model again, or correct the file.`,
    );
  const filter = (name: string): BidirectionalFilter => {
    const half = (network: string) => ({
      kind: 'implicit' as const,
      length,
      features: read.countOr('hyena_emb_dim', 5),
      order: read.countOr('hyena_filter_order', 128),
      hiddenLayers: 3,
      prefix: `${mixer}.${name}`,
      network,
    });
    return {
      before: half('implicit_filter'),
      after: half('implicit_filter_rev'),
      skip: `${mixer}.${name}.bias`,
    };
  };
  return {
    mixer: {
      convolution: 3,
      filter: filter('filter_fn'),
      residual: read.flag('residual_long_conv', false) ? filter('filter_fn2') : undefined,
      weights: {
        inProjection: `${mixer}.in_linear.weight`,
        inProjectionBias: `${mixer}.in_linear.bias`,
        convolution: `${mixer}.short_filter.weight`,
        convolutionBias: `${mixer}.short_filter.bias`,
        outProjection: `${mixer}.out_linear.weight`,
        outProjectionBias: `${mixer}.out_linear.bias`,
      },
    },
    channel: {
      inner,
      blocks,
      weights: {
        gateUp: `${prefix}.mlp.gated_layers.weight`,
        down: `${prefix}.mlp.wo.weight`,
        downBias: `${prefix}.mlp.wo.bias`,
      },
    },
    norm: norm(`${prefix}.mlp.layernorm`),
  };
}
