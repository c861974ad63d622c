import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { checkpointTensors } from '../../../runtime/graph/model-graph';
import { UserError } from '../../../runtime/protocol/errors';
import { expectNearInEachPrecision, expectReference } from './computed';

const config = {
  vocab_size: 70,
  hidden_size: 48,
  num_layers: 3,
  hyena_layer_idxs: [0, 2],
  attn_layer_idxs: [1],
  num_attention_heads: 4,
  proj_groups: 2,
  inner_mlp_size: 64,
  state_size: 2,
  short_filter_length: 3,
  eps: 1e-3,
  use_flash_rmsnorm: true,
  tie_embeddings: false,
  qkv_proj_bias: false,
  mha_out_proj_bias: false,
  rotary_emb_base: 500,
  max_seqlen: 128,
};
/** As Evo 1 is configured. */
const evo = {
  use_flash_rmsnorm: false,
  tie_embeddings: true,
  qkv_proj_bias: true,
  mha_out_proj_bias: true,
  inner_mlp_size: null,
  inner_size_multiple_of: 16,
  mlp_activation: 'gelu',
  state_size: 5,
  use_interpolated_rotary_pos_emb: true,
  rotary_emb_scaling_factor: 16,
};

test.each([
  ['as the 7B model is', {}],
  ['as Evo 1 is', evo],
  [
    'streams in one piece, no bias of the short filter',
    { column_split_hyena: false, short_filter_bias: false },
  ],
  ['attention last', { hyena_layer_idxs: [0, 1], attn_layer_idxs: [2] }],
])('%s: what the definition gives, whole, in two parts, step by step', (_, change) =>
  expectReference({ ...config, ...change }),
);

test.each([
  ['as the 7B model is', {}],
  ['as Evo 1 is', evo],
])('%s: every precision stays near float32', (_, change) =>
  expectNearInEachPrecision({ ...config, ...change }, { int4: 0.6 }),
);

test("names begin with backbone under Hugging Face's config alone", () => {
  const names = (shape: object) => [...checkpointTensors(describeModel(shape)).keys()];
  expect(names(config)).toContain('blocks.0.filter.poles');
  expect(names({ ...config, model_type: 'stripedhyena' })).toContain('backbone.blocks.0.filter.poles');
});

test('a size that is left out is worked out', () => {
  expect(describeModel({ ...config, ...evo }).layers[0]!.channel).toMatchObject({ inner: 128 });
});

test.each([
  ['a layer that is nothing', { attn_layer_idxs: [] }, /layer 1 must be in one of/],
  ['a layer that is both', { attn_layer_idxs: [0, 1] }, /layer 0 must be in one of/],
  ['heads that do not divide', { num_attention_heads: 5 }, /"hidden_size" is 48.*\(5\)/],
  ['keys that heads cannot share', { proj_groups: 3 }, /"proj_groups" \(3\)/],
  ['an unknown activation', { mlp_activation: 'relu' }, /"mlp_activation" is "relu".*silu/],
  ['filters in groups', { hyena_filter_groups: 4 }, /"hyena_filter_groups" is 4/],
])('%s is refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
