import type { GluChannel } from '../graph/channels/glu';
import type { Layer, ModelDescription } from '../graph/layers';
import type { AttentionMixer } from '../graph/mixers/attention';
import type { ConfigReader } from './config';

interface AttentionOptions {
  shape: Omit<AttentionMixer, 'kind' | 'weights'>;
  /** Of queries, keys and values; of what attention gives. */
  biases: { input: boolean; output: boolean };
}

/** Llama's plan, that many families follow: their layers differ in attention alone. */
export function transformer(
  family: string,
  read: ConfigReader,
  attention: (layer: number) => AttentionOptions,
): ModelDescription {
  read.exactly('hidden_act', 'silu');
  read.exactly('mlp_bias', false);
  const epsilon = read.positive('rms_norm_eps');
  const inner = read.count('intermediate_size');
  const count = read.count('num_hidden_layers', 1000);
  const layers = Array.from({ length: count }, (_, index): Layer => {
    const prefix = `model.layers.${index}`;
    return {
      mixerNorm: { weight: `${prefix}.input_layernorm.weight`, epsilon },
      mixer: selfAttention(`${prefix}.self_attn`, attention(index)),
      channel: {
        ...glu(`${prefix}.mlp`, inner),
        norm: { weight: `${prefix}.post_attention_layernorm.weight`, epsilon },
      },
    };
  });
  return {
    family,
    ...vocabulary(read),
    layers,
    finalNorm: { weight: 'model.norm.weight', epsilon },
  };
}

/** The residual stream and the matrices at both of its ends. */
export function vocabulary(read: ConfigReader, tied = false) {
  return {
    vocabulary: read.count('vocab_size'),
    width: read.count('hidden_size'),
    embedding: 'model.embed_tokens.weight',
    ...(read.flag('tie_word_embeddings', tied) ? {} : { head: 'lm_head.weight' }),
  };
}

export function selfAttention(
  prefix: string,
  { shape, biases }: AttentionOptions,
  out = 'o_proj',
): AttentionMixer {
  const name = (part: string) => `${prefix}.${part}`;
  return {
    kind: 'attention',
    ...shape,
    weights: {
      query: name('q_proj.weight'),
      key: name('k_proj.weight'),
      value: name('v_proj.weight'),
      out: name(`${out}.weight`),
      ...(biases.input && {
        queryBias: name('q_proj.bias'),
        keyBias: name('k_proj.bias'),
        valueBias: name('v_proj.bias'),
      }),
      ...(biases.output && { outBias: name(`${out}.bias`) }),
    },
  };
}

export function glu(prefix: string, inner: number): GluChannel {
  return { kind: 'glu', inner, weights: gluWeights(prefix) };
}

export function gluWeights(prefix: string) {
  const name = (part: string) => `${prefix}.${part}_proj.weight`;
  return { gate: name('gate'), up: name('up'), down: name('down') };
}
