import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { graniteDense as dense, graniteMixture as moe } from '../fixtures/tiny-families';
import { expectNearInEachPrecision, expectReference } from './computed';

test.each([
  ['dense', dense],
  [
    'dense, with rotary positions and biases',
    { ...dense, position_embedding_type: 'rope', attention_bias: true },
  ],
  ['a mixture of experts', moe],
  [
    'one expert for each token, attention last',
    { ...moe, num_experts_per_tok: 1, layer_types: ['mamba', 'mamba', 'attention'] },
  ],
])('%s: what the definition says, whole, in two parts, step by step', (_, config) => expectReference(config));

test.each([
  ['dense', dense],
  ['a mixture of experts', moe],
])('%s: every precision stays near float32', (_, config) => expectNearInEachPrecision(config));

test('layers have the names of either version of the config', () => {
  const types = ['linear_attention', 'full_attention', 'linear_attention'];
  expect(describeModel({ ...dense, layer_types: types })).toEqual(describeModel(dense));
});

test('multipliers go where the model applies them', () => {
  const model = describeModel(dense);
  expect(model).toMatchObject({ embeddingFactor: 12, residualFactor: 0.22, finalNorm: { factor: 2 } });
  expect(model.layers[1]!.mixer).toMatchObject({ scale: 0.25 });
  expect(model.layers[1]!.mixer).not.toHaveProperty('rope');
});

test.each([
  ['a layer of another kind', { layer_types: ['mamba', 'moe', 'mamba'] }, /"layer_types"/],
  ['heads that do not fill', { mamba_d_head: 7 }, /12 heads of 7 .* 96 channels/],
  ['other positions', { position_embedding_type: 'alibi' }, /"alibi".*"rope" or "nope"/],
  [
    'more experts than there are',
    { num_local_experts: 2, num_experts_per_tok: 3 },
    /"num_experts_per_tok" is 3/,
  ],
  ['logits divided by nothing', { logits_scaling: 0 }, /"logits_scaling" is 0.*other than 0/],
])('%s: refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...dense, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
