import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { expectNearInEachPrecision, expectReference } from './computed';

const config = {
  vocab_size: 66,
  n_embd: 48,
  n_layer: 4,
  n_inner: 96,
  layer_norm_epsilon: 1e-4,
  alt_mixer_layers: [1],
  alt_mixer_2_layers: [2],
  mixer: { _target_: 'based.BaseConv', kernel_sizes: 3, expand_proj: 4, use_bias: true },
  alt_mixer: {
    _target_: 'based.LinearAttention',
    feature_dim: 6,
    num_heads: 3,
    feature_map: { _target_: 'based.TaylorExp' },
  },
  alt_mixer_2: { _target_: 'based.SlidingAttention', window_size: 17, num_heads: 2, causal: true },
};

test.each([
  ['all three mixers', {}],
  ['linear attention last', { alt_mixer_layers: [1, 3] }],
  ['a window last, other sizes', { alt_mixer_2_layers: [3], mixer: { ...config.mixer, kernel_sizes: [4] } }],
  ['no biases', { mixer: { ...config.mixer, use_bias: false, expand_proj: 2 } }],
])('%s: what the definition gives, whole, in two parts, step by step', (_, change) =>
  expectReference({ ...config, ...change }),
);

test('every precision stays near float32', () => expectNearInEachPrecision(config, { int4: 0.6 }));

test('a window shows half of its size before a token, and the MLP is as large as it is rounded up', () => {
  const { layers, vocabulary, family } = describeModel(config);
  expect({ family, vocabulary }).toEqual({ family: 'based', vocabulary: 72 });
  expect(layers.map(({ mixer }) => mixer.kind)).toEqual([
    'base_conv',
    'linear_attention',
    'attention',
    'base_conv',
  ]);
  expect(layers[2]!.mixer).toMatchObject({ window: 9 });
  expect(layers[0]!.channel).toMatchObject({ inner: 256 });
});

test.each([
  [
    'another feature map',
    { alt_mixer: { ...config.alt_mixer, feature_map: { _target_: 'x.Elu' } } },
    /TaylorExp/,
  ],
  ['another mixer', { mixer: { _target_: 'based.LongConv' } }, /"mixer._target_" is "based.LongConv"/],
  ['layers that are no list', { alt_mixer_layers: 'even' }, /"alt_mixer_layers" is "even"/],
  ['heads that do not divide', { alt_mixer: { ...config.alt_mixer, num_heads: 5 } }, /"n_embd" is 48.*\(5\)/],
  ['biases of the MLP', { mlp_fc1_bias: true }, /"mlp_fc1_bias" is true/],
])('%s is refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
