import { activations } from '../graph/activation';
import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import type { Norm } from '../graph/norm';
import type { Rope } from '../graph/rope';
import type { TensorRows } from '../graph/stored-tensors';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';

/**
 * `stripedhyena` (https://github.com/togethercomputer/stripedhyena) and Evo 1, which is one: Hyena operators with modal
 * filters and layers of attention in turn, a gated MLP after each. Under Hugging Face's config, which names a
 * `model_type`, every tensor's name begins with `backbone.`.
 */
export function stripedHyena(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('hyena_filter_groups', 1);
  read.exactly('final_norm', true);
  read.exactly('smeared_gqa', false);
  const root = !read.has('model_type') ? '' : 'backbone.';
  const width = read.count('hidden_size');
  const inner = innerSize(read, width);
  const activation = !read.has('mlp_activation') ? 'silu' : read.choice('mlp_activation', activations);
  const [hyena, attention] = [read.indices('hyena_layer_idxs'), read.indices('attn_layer_idxs')];
  const normed = normOf(read);

  const layer = (index: number): Layer => {
    const prefix = `${root}blocks.${index}`;
    const mlp = `${prefix}.mlp`;
    const [isHyena, isAttention] = [hyena.includes(index), attention.includes(index)];
    if (isHyena === isAttention)
      throw new UserError(
        `config.json: layer ${index} must be in one of "hyena_layer_idxs" and "attn_layer_idxs". ` +
          'Download the model again, or correct the file.',
      );
    return {
      mixerNorm: normed(`${prefix}.pre_norm.scale`),
      mixer: isHyena ? hyenaMixer(read, width, prefix) : attentionMixer(read, width, prefix),
      channel: {
        kind: 'glu',
        norm: normed(`${prefix}.post_norm.scale`),
        inner,
        activation,
        weights: { gate: `${mlp}.l1.weight`, up: `${mlp}.l2.weight`, down: `${mlp}.l3.weight` },
      },
    };
  };
  return {
    family: 'stripedhyena',
    vocabulary: read.count('vocab_size'),
    width,
    embedding: `${root}embedding_layer.weight`,
    ...(read.flag('tie_embeddings', true) ? {} : { head: `${root}unembed.weight` }),
    layers: Array.from({ length: read.count('num_layers', 1000) }, (_, index) => layer(index)),
    finalNorm: normed(`${root}norm.scale`),
  };
}

function innerSize(read: ConfigReader, width: number): number {
  if (read.has('inner_mlp_size')) return read.count('inner_mlp_size');
  const multiple = read.countOr('inner_size_multiple_of', 64);
  return Math.ceil(Math.trunc((8 * width) / 3) / multiple) * multiple;
}

/** The fused norm that some were trained with has its epsilon inside the root, the plain one outside. */
function normOf(read: ConfigReader): (weight: string) => Norm {
  const epsilon = read.positive('eps');
  const epsilonOutside = !read.flag('use_flash_rmsnorm', false);
  return (weight) => ({ weight, epsilon, epsilonOutside });
}

function hyenaMixer(read: ConfigReader, width: number, prefix: string): Mixer {
  const biased = read.flag('short_filter_bias', true);
  return {
    kind: 'gated_long_conv',
    order: ['post', 'pre', 'value'],
    heads: read.flag('column_split_hyena', true) ? headsOf(read, width) : 1,
    convolution: read.count('short_filter_length', 64),
    filter: {
      kind: 'modal',
      modes: read.count('state_size', 256),
      poles: `${prefix}.filter.poles`,
      residues: `${prefix}.filter.residues`,
    },
    weights: {
      inProjection: `${prefix}.projections.weight`,
      inProjectionBias: `${prefix}.projections.bias`,
      convolution: `${prefix}.filter.short_filter_weight`,
      convolutionBias: biased ? `${prefix}.filter.short_filter_bias` : undefined,
      skip: `${prefix}.filter.D`,
      outProjection: `${prefix}.out_filter_dense.weight`,
      outProjectionBias: `${prefix}.out_filter_dense.bias`,
    },
  };
}

function attentionMixer(read: ConfigReader, width: number, prefix: string): Mixer {
  const heads = headsOf(read, width);
  const shared = read.countOr('proj_groups', 1);
  const headSize = width / heads;
  if (heads % shared !== 0 || headSize % 2 !== 0)
    throw new UserError(
      `config.json: ${heads} heads of size ${headSize}: the number must be a multiple of "proj_groups" (${shared}), ` +
        'the size even. Download the model again, or correct the file.',
    );
  const keyWidth = width / shared;
  const attention = `${prefix}.inner_mha_cls`;
  const rows = (part: string, first: number): TensorRows => ({
    tensor: `${attention}.Wqkv.${part}`,
    first,
    of: width + 2 * keyWidth,
  });
  const [query, key, value] = [0, width, width + keyWidth];
  const biases = {
    queryBias: rows('bias', query),
    keyBias: rows('bias', key),
    valueBias: rows('bias', value),
  };
  return {
    kind: 'attention',
    heads,
    keyValueHeads: heads / shared,
    headSize,
    window: Infinity,
    rope: ropeOf(read, headSize),
    weights: {
      query: rows('weight', query),
      key: rows('weight', key),
      value: rows('weight', value),
      out: `${attention}.out_proj.weight`,
      ...(read.flag('qkv_proj_bias', true) ? biases : {}),
      outBias: read.flag('mha_out_proj_bias', true) ? `${attention}.out_proj.bias` : undefined,
    },
  };
}

function ropeOf(read: ConfigReader, size: number): Rope {
  const theta = read.has('rotary_emb_base') ? read.positive('rotary_emb_base') : 10000;
  if (!read.flag('use_interpolated_rotary_pos_emb', false)) return { theta, size };
  return { theta, size, scaling: { kind: 'linear', factor: read.positive('rotary_emb_scaling_factor') } };
}

function headsOf(read: ConfigReader, width: number): number {
  const heads = read.count('num_attention_heads');
  if (width % heads !== 0)
    throw new UserError(
      `config.json: "hidden_size" is ${width}, but must be a multiple of "num_attention_heads" (${heads}). ` +
        'Download the model again, or correct the file.',
    );
  return heads;
}
