import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { lfm2 as config } from '../fixtures/tiny-families';
import { expectNearInEachPrecision, expectReference } from './computed';

test.each([
  ['the usual', {}],
  ['biases, a longer convolution', { conv_bias: true, conv_L_cache: 4 }],
  [
    'attention last, a head of its own',
    { layer_types: ['conv', 'conv', 'full_attention'], tie_embedding: false },
  ],
])('%s: what the definition says, whole, in two parts, step by step', (_, change) =>
  expectReference({ ...config, ...change }),
);

test('every precision stays near float32', () => expectNearInEachPrecision(config));

test.each([
  ['rounded up to a multiple', { intermediate_size: 6656 }, 4608],
  ['of 1.2 billion parameters', { block_ff_dim: 12288 }, 8192],
  ['as it is', { block_auto_adjust_ff_dim: false }, 80],
  ['with small multiples', { intermediate_size: 150, block_multiple_of: 16 }, 112],
  ['with a factor', { intermediate_size: 300, block_ffn_dim_multiplier: 1.5, block_multiple_of: 1 }, 300],
  ['without one', { intermediate_size: 150, block_ffn_dim_multiplier: null }, 100],
])('the channel mixer is as wide as the model reads its config: %s', (_, change, inner) => {
  const model = describeModel({ ...config, block_auto_adjust_ff_dim: true, ...change });
  expect(model.layers[0]!.channel).toMatchObject({ inner });
});

test('older configs say where attention is', () => {
  const { layers } = describeModel({ ...config, layer_types: undefined, full_attn_idxs: [0, 2] });
  expect(layers.map(({ mixer }) => mixer.kind)).toEqual(['attention', 'short_convolution', 'attention']);
});

test.each([
  ['no places of attention', { layer_types: undefined }, /"layer_types" or "full_attn_idxs"/],
  ['a place that is none', { layer_types: undefined, full_attn_idxs: [3] }, /"full_attn_idxs"/],
  ['another layer', { layer_types: ['conv', 'conv', 'moe'] }, /"layer_types".*conv, full_attention/],
  ['no epsilon', { norm_eps: undefined }, /"norm_eps" is nothing/],
])('%s: refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
