import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { expectNearInEachPrecision, expectReference, length } from './computed';

const safari = {
  d_model: 48,
  n_layer: 2,
  d_inner: 64,
  vocab_size: 66,
  pad_vocab_size_multiple: 8,
  layer_norm_epsilon: 1e-3,
  max_position_embeddings: 0,
  layer: { _name_: 'hyena', order: 2, emb_dim: 5, filter_order: 12, l_max: length, num_inner_mlps: 1 },
};
const zoology = {
  d_model: 48,
  n_layers: 2,
  vocab_size: 70,
  layer_norm_epsilon: 1e-3,
  sequence_mixer: { name: 'zoology.mixers.hyena.Hyena', kwargs: { l_max: length + 30, filter_order: 10 } },
  state_mixer: { name: 'zoology.mixers.mlp.MLP', kwargs: { hidden_mult: 2 } },
};

test.each([
  ['safari', safari],
  ['zoology', zoology],
  ['a filter that ends before the text does', { ...safari, layer: { ...safari.layer, l_max: 40 } }],
])('%s: what the definition gives, whole, in two parts, step by step', (_, shape) => expectReference(shape));

test.each([
  ['safari', safari],
  ['zoology', zoology],
])('%s: every precision stays near float32', (_, shape) => expectNearInEachPrecision(shape, { int4: 0.6 }));

test('the authors differ in which stream gates first, and in the vocabulary', () => {
  const [one, other] = [describeModel(safari), describeModel(zoology)];
  expect([one.family, other.family]).toEqual(['hyena', 'hyena']);
  expect([one.vocabulary, other.vocabulary]).toEqual([72, 70]);
  expect(one.layers[0]!.mixer).toMatchObject({ order: ['post', 'pre', 'value'] });
  expect(other.layers[0]!.mixer).toMatchObject({ order: ['pre', 'post', 'value'] });
});

test.each([
  ['a higher order', { ...safari, layer: { ...safari.layer, order: 3 } }, /"layer.order" is 3/],
  [
    'a filter without modulation',
    { ...safari, layer: { ...safari.layer, modulate: false } },
    /"layer.modulate"/,
  ],
  ['embedded positions', { ...safari, max_position_embeddings: 128 }, /"max_position_embeddings" is 128/],
  ['a layer without an MLP', { ...zoology, state_mixer: { name: 'torch.nn.Identity' } }, /ends in MLP/],
  ['no length', { ...safari, layer: { ...safari.layer, l_max: undefined } }, /"layer.l_max" is nothing/],
])('%s is refused with its reason', (_, shape, message) => {
  const describeIt = () => describeModel(shape);
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
