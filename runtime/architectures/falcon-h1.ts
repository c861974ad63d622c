import type { Layer, Mixer, ModelDescription } from '../graph/layers';
import { readHeads, readRope } from './attention';
import { ConfigReader } from './config';
import { readHybridSsd } from './ssd';
import { glu, selfAttention, vocabulary } from './transformer';

/** `falcon_h1` as Hugging Face stores it: attention and Mamba-2 side by side in every layer, with multipliers everywhere. */
export function falconH1(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  read.exactly('hidden_act', 'silu');
  for (const key of ['attention_bias', 'mlp_bias', 'projectors_bias', 'mamba_proj_bias'])
    read.exactly(key, false);
  const epsilon = read.positive('rms_norm_eps');
  const mixer = readMixer(read);
  const inner = read.count('intermediate_size');
  const [gate, down] = read.factors('mlp_multipliers', 2);
  const count = read.count('num_hidden_layers', 1000);
  const layers = Array.from({ length: count }, (_, index): Layer => {
    const prefix = `model.layers.${index}`;
    return {
      mixerNorm: { weight: `${prefix}.input_layernorm.weight`, epsilon },
      mixer: mixer(prefix),
      channel: {
        ...glu(`${prefix}.feed_forward`, inner),
        factors: { gate: gate!, down: down! },
        norm: { weight: `${prefix}.pre_ff_layernorm.weight`, epsilon },
      },
    };
  });
  return {
    family: 'falcon_h1',
    ...vocabulary(read),
    embeddingFactor: read.factor('embedding_multiplier', 1),
    layers,
    finalNorm: {
      weight: 'model.final_layernorm.weight',
      epsilon,
      factor: read.factor('lm_head_multiplier', 1),
    },
  };
}

function readMixer(read: ConfigReader): (prefix: string) => Mixer {
  const normed = read.flag('mamba_rms_norm', false);
  // Without a norm nothing asks for its place.
  if (normed) read.exactly('mamba_norm_before_gate', false);
  const ssd = readHybridSsd(read, normed);
  const into = read.factor('ssm_in_multiplier', 1);
  const [z, x, b, c, dt] = read.factors('ssm_multipliers', 5).map((factor) => factor * into);
  const factors = { z: z!, x: x!, b: b!, c: c!, dt: dt! };

  const heads = readHeads(read, read.count('hidden_size'));
  const rope = readRope(read, heads.headSize);
  // The input's factor, being linear as there are no biases, meets the scores twice and the values once.
  const input = read.factor('attention_in_multiplier', 1);
  const scale = (input ** 2 * read.factor('key_multiplier', 1)) / Math.sqrt(heads.headSize);
  const shape = { ...heads, window: Infinity, rope, scale };
  const biases = { input: false, output: false };
  const attentionFactor = input * read.factor('attention_out_multiplier', 1);
  const ssdFactor = read.factor('ssm_out_multiplier', 1);

  return (prefix) => ({
    kind: 'parallel',
    parts: [
      { mixer: { ...ssd(`${prefix}.mamba`), factors }, factor: ssdFactor },
      { mixer: selfAttention(`${prefix}.self_attn`, { shape, biases }), factor: attentionFactor },
    ],
  });
}
