import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { ropeFrequencies } from '../../../runtime/graph/rope';
import { UserError } from '../../../runtime/protocol/errors';
import { llama, qwen2 } from '../fixtures/tiny-families';
import { expectNearInEachPrecision, expectReference } from './computed';

const llama3 = {
  rope_type: 'llama3',
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 64,
};

const yarn = { type: 'yarn', factor: 4, original_max_position_embeddings: 64, beta_fast: 4 };

test.each([
  ['llama', llama],
  ['llama with heads of their own size and biases', { ...llama, head_dim: 16, attention_bias: true }],
  ['llama with a key for each query', { ...llama, num_key_value_heads: undefined }],
  ['llama stretched evenly', { ...llama, rope_scaling: { type: 'linear', factor: 4 } }],
  ['llama 3.1', { ...llama, rope_theta: undefined, rope_parameters: { rope_theta: 500, ...llama3 } }],
  ['llama that rotates half of a head', { ...llama, partial_rotary_factor: 0.5 }],
  ['llama stretched by YaRN', { ...llama, head_dim: 16, rope_scaling: yarn }],
  ['qwen2', qwen2],
  ['qwen2 with windows', { ...qwen2, use_sliding_window: true, sliding_window: 20, max_window_layers: 1 }],
])('%s: what the definition says, whole, in two parts, step by step', (_, config) => expectReference(config));

test.each([
  ['llama', llama],
  ['qwen2', qwen2],
])('%s: every precision stays near float32', (_, config) => expectNearInEachPrecision(config, { int4: 0.3 }));

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

/** From transformers' modeling_rope_utils.py. */
function yarnReference(
  base: number,
  dim: number,
  original: number,
  factor: number,
  fast: number,
  slow: number,
) {
  const correction = (rotations: number) =>
    (dim * Math.log(original / (rotations * 2 * Math.PI))) / (2 * Math.log(base));
  const low = Math.max(Math.floor(correction(fast)), 0);
  const high = Math.min(Math.ceil(correction(slow)), dim - 1);
  return Array.from({ length: dim / 2 }, (_, i) => {
    const positions = base ** ((2 * i) / dim);
    const ramp = Math.min(1, Math.max(0, (i - low) / ((low === high ? high + 0.001 : high) - low)));
    return (1 / (factor * positions)) * ramp + (1 / positions) * (1 - ramp);
  });
}

const ropeOf = (change: object) => {
  const { mixer } = describeModel({ ...llama, ...change }).layers[0]!;
  if (mixer.kind !== 'attention' || !mixer.rope) throw new Error('no rotation');
  return mixer.rope;
};

test.each([
  ['as Qwen2.5 has it', { factor: 4, original_max_position_embeddings: 32768 }, 32768, 4, 32, 1],
  [
    'with betas',
    { factor: 8, original_max_position_embeddings: 4096, beta_fast: 16, beta_slow: 2 },
    4096,
    8,
    16,
    2,
  ],
  ['by the length that the config names', { factor: 2 }, 8192, 2, 32, 1],
  ['by the ratio of lengths', { original_max_position_embeddings: 2048 }, 2048, 4, 32, 1],
])('YaRN %s', (_, scaling, original, factor, fast, slow) => {
  const rope = ropeOf({
    head_dim: 128,
    rope_theta: 1e6,
    max_position_embeddings: 8192,
    rope_scaling: { rope_type: 'yarn', ...scaling },
  });
  const expected = yarnReference(1e6, 128, original, factor, fast, slow);
  for (const [i, frequency] of ropeFrequencies(rope).entries())
    expect(frequency / expected[i]!).toBeCloseTo(1, 12);
  expect(rope.amplitude).toBeCloseTo(0.1 * Math.log(factor) + 1, 12);
});

test.each([
  ['its own', { attention_factor: 1.5 }, 1.5],
  ['none', { attention_factor: 1 }, undefined],
  ['that of two scales', { mscale: 2, mscale_all_dim: 1 }, (0.2 * Math.log(4) + 1) / (0.1 * Math.log(4) + 1)],
])('YaRN sharpens attention by %s', (_, change, expected) => {
  const { amplitude } = ropeOf({ head_dim: 16, rope_scaling: { ...yarn, ...change } });
  if (expected === undefined) expect(amplitude).toBeUndefined();
  else expect(amplitude).toBeCloseTo(expected, 12);
});

test('dynamic scaling changes nothing within the length that a model was trained on', () => {
  expect(ropeOf({ rope_scaling: { type: 'dynamic', factor: 2 } })).toEqual(ropeOf({}));
  expect(() => ropeOf({ rope_scaling: { type: 'dynamic' } })).toThrow(/"rope_scaling.factor" is nothing/);
});

test.each([
  ['heads that key heads do not divide', { num_key_value_heads: 4 }, /6 heads for 4 key heads/],
  ['heads of odd size', { head_dim: 7 }, /of size 7/],
  ['heads that do not fill', { num_attention_heads: 7 }, /key heads of size 6\.8/],
  [
    'another scaling',
    { rope_scaling: { rope_type: 'longrope' } },
    /scaled as "longrope".*default, dynamic, linear/,
  ],
  [
    'YaRN without its factor',
    { rope_scaling: { type: 'yarn' }, max_position_embeddings: 64 },
    /"rope_scaling.factor"/,
  ],
  [
    'YaRN without a length',
    { rope_scaling: { type: 'yarn', factor: 4 } },
    /"max_position_embeddings" is nothing/,
  ],
  [
    'YaRN of half a head',
    { rope_scaling: yarn, head_dim: 16, partial_rotary_factor: 0.5 },
    /for whole heads alone/,
  ],
  ['a scaling without its factor', { rope_scaling: { type: 'linear' } }, /"rope_scaling.factor" is nothing/],
  ['more than a head rotated', { partial_rotary_factor: 1.5 }, /"partial_rotary_factor" is 1\.5/],
  ['biases of the channel mixer', { mlp_bias: true }, /"mlp_bias" is true/],
  ['another activation', { hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
])('%s: refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...llama, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
