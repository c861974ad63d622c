import type { GluChannel } from '../graph/channels/glu';
import type { MoeChannel } from '../graph/channels/moe';
import type { Layer, ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { readHeads, readRope } from './attention';
import { ConfigReader } from './config';
import { readHybridSsd } from './ssd';
import { selfAttention, vocabulary } from './transformer';

/**
 * `granitemoehybrid` as Hugging Face stores it: Mamba-2 and attention in the order of `layer_types`, after each a gated
 * linear unit, beside a mixture of experts where there is one.
 */
export function granitemoehybrid(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('hidden_act', 'silu');
  const epsilon = read.positive('rms_norm_eps');
  const count = read.count('num_hidden_layers', 1000);
  const types = read.choices('layer_types', count, [
    'mamba',
    'attention',
    'linear_attention',
    'full_attention',
  ]);
  const attention = readAttention(read);
  const channel = readChannel(read);
  const layers = types.map((type, index): Layer => {
    const prefix = `model.layers.${index}`;
    const isAttention = type === 'attention' || type === 'full_attention';
    return {
      mixerNorm: { weight: `${prefix}.input_layernorm.weight`, epsilon },
      mixer: isAttention
        ? selfAttention(`${prefix}.self_attn`, attention)
        : readHybridSsd(read, true)(`${prefix}.mamba`),
      channel: {
        ...channel(prefix),
        norm: { weight: `${prefix}.post_attention_layernorm.weight`, epsilon },
      },
    };
  });
  return {
    family: 'granitemoehybrid',
    ...vocabulary(read),
    embeddingFactor: read.factor('embedding_multiplier', 1),
    residualFactor: read.factor('residual_multiplier', 1),
    layers,
    finalNorm: { weight: 'model.norm.weight', epsilon, factor: 1 / read.factor('logits_scaling', 1) },
  };
}

function readAttention(read: ConfigReader) {
  const heads = readHeads(read, read.count('hidden_size'));
  const biased = read.flag('attention_bias', false);
  const positions = read.raw('position_embedding_type') ?? 'nope';
  if (positions !== 'nope' && positions !== 'rope')
    throw new UserError(
      `config.json: "position_embedding_type" is ${JSON.stringify(positions)}, but must be "rope" or "nope". ` +
        'Download the model again.',
    );
  const shape = {
    ...heads,
    window: Infinity,
    scale: read.factor('attention_multiplier', 1),
    ...(positions === 'rope' && { rope: readRope(read, heads.headSize) }),
  };
  return { shape, biases: { input: biased, output: biased } };
}

function readChannel(read: ConfigReader): (prefix: string) => GluChannel | MoeChannel {
  const inner = read.count('shared_intermediate_size');
  const shared = (prefix: string): GluChannel => {
    const gate = { tensor: `${prefix}.shared_mlp.input_linear.weight`, first: 0, of: 2 * inner };
    const up = { ...gate, first: inner };
    return {
      kind: 'glu',
      inner,
      weights: { gate, up, down: `${prefix}.shared_mlp.output_linear.weight` },
    };
  };
  if ((read.raw('num_local_experts') ?? 0) === 0) return shared;
  const experts = read.count('num_local_experts');
  const perToken = read.count('num_experts_per_tok', experts);
  const expertInner = read.count('intermediate_size');
  return (prefix) => {
    const name = (part: string) => `${prefix}.block_sparse_moe.${part}.weight`;
    return {
      kind: 'moe',
      experts,
      perToken,
      inner: expertInner,
      weights: {
        router: name('router.layer'),
        experts: { gateUp: name('input_linear'), down: name('output_linear') },
      },
      shared: shared(prefix),
    };
  };
}
