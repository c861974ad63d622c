import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { ropeFrequencies } from '../../../runtime/graph/rope';
import { UserError } from '../../../runtime/protocol/errors';
import { llama, qwen2 } from '../fixtures/tiny-families';
import { changeBy, expectReference } from './random-family';

const llama3 = {
  rope_type: 'llama3',
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 64,
};

test.each([
  ['llama', llama],
  ['llama with heads of their own size and biases', { ...llama, head_dim: 16, attention_bias: true }],
  ['llama with a key for each query', { ...llama, num_key_value_heads: undefined }],
  ['llama stretched evenly', { ...llama, rope_scaling: { type: 'linear', factor: 4 } }],
  ['llama 3.1', { ...llama, rope_theta: undefined, rope_parameters: { rope_theta: 500, ...llama3 } }],
  ['llama that rotates half of a head', { ...llama, partial_rotary_factor: 0.5 }],
  ['qwen2', qwen2],
  ['qwen2 with windows', { ...qwen2, use_sliding_window: true, sliding_window: 20, max_window_layers: 1 }],
])('%s: what the definition says, whole, in two parts, step by step', (_, config) => expectReference(config));

test.each([
  ['float16', 0.02],
  ['w8u', 0.1],
  ['w8m', 0.1],
  ['int8', 0.1],
  ['int4', 0.3],
] as const)('%s stays near float32', async (precision, most) => {
  for (const config of [llama, qwen2]) expect(await changeBy(precision, config)).toBeLessThan(most);
});

test('layers of qwen2 have the windows that its config gives them', () => {
  const windowsOf = (change: object) =>
    describeModel({ ...qwen2, ...change }).layers.map(({ mixer }) => 'window' in mixer && mixer.window);
  expect(windowsOf({ sliding_window: 20 })).toEqual([Infinity, Infinity]);
  const sliding = { use_sliding_window: true, sliding_window: 20 };
  expect(windowsOf({ ...sliding, max_window_layers: 1 })).toEqual([Infinity, 20]);
  expect(windowsOf({ ...sliding, layer_types: ['sliding_attention', 'full_attention'] })).toEqual([
    20,
    Infinity,
  ]);
});

test('Llama 3.1 slows down what turns less than once in its first context, and leaves what turns more than four times', () => {
  const scaling = {
    kind: 'llama3',
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalContext: 8192,
  } as const;
  const rope = { theta: 500_000, size: 128 };
  const [plain, scaled] = [ropeFrequencies(rope), ropeFrequencies({ ...rope, scaling })];
  const ratios = plain.map((frequency, i) => scaled[i]! / frequency);
  // From Llama 3.1's own formula, at the pairs before, between and behind the two limits.
  const turns = plain.map((frequency) => (8192 * frequency) / (2 * Math.PI));
  for (const [i, ratio] of ratios.entries()) {
    if (turns[i]! > 4) expect(ratio).toBeCloseTo(1, 12);
    else if (turns[i]! < 1) expect(ratio).toBeCloseTo(1 / 8, 12);
    else expect(ratio).toBeGreaterThan(1 / 8);
  }
  expect(new Set(ratios.map((ratio) => ratio.toFixed(6))).size).toBeGreaterThan(3);
});

test.each([
  ['heads that key heads do not divide', { num_key_value_heads: 4 }, /6 heads for 4 key heads/],
  ['heads of odd size', { head_dim: 7 }, /of size 7/],
  ['heads that do not fill', { num_attention_heads: 7 }, /key heads of size 6\.8/],
  ['YaRN', { rope_scaling: { rope_type: 'yarn', factor: 4 } }, /scaled as "yarn".*default, linear, llama3/],
  ['a scaling without its factor', { rope_scaling: { type: 'linear' } }, /"rope_scaling.factor" is nothing/],
  ['more than a head rotated', { partial_rotary_factor: 1.5 }, /"partial_rotary_factor" is 1\.5/],
  ['biases of the channel mixer', { mlp_bias: true }, /"mlp_bias" is true/],
  ['another activation', { hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
])('%s: refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...llama, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
