import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { checkpointTensors } from '../../../runtime/graph/model-graph';
import { UserError } from '../../../runtime/protocol/errors';
import { expectNearInEachPrecision, expectReference } from './computed';

const config = {
  model_type: 'mamba',
  hidden_size: 48,
  num_hidden_layers: 2,
  vocab_size: 70,
  expand: 2,
  state_size: 12,
  time_step_rank: 5,
  conv_kernel: 3,
  layer_norm_epsilon: 1e-4,
};
const falcon = { ...config, model_type: 'falcon_mamba', mixer_rms_eps: 1e-3 };
/** As the authors store it. */
const original = { d_model: 48, n_layer: 2, vocab_size: 66, ssm_cfg: { d_state: 12 } };

test.each([
  ['plain', config],
  ['biases, a head of its own', { ...config, use_bias: true, tie_word_embeddings: false }],
  ['no bias of the convolution', { ...config, use_conv_bias: false, intermediate_size: 64, expand: 9 }],
  ['falcon_mamba', falcon],
  ['as its authors store it', original],
])('%s: what the recurrence gives, whole, in two parts, step by step', (_, shape) => expectReference(shape));

test.each([
  ['mamba', config],
  ['falcon_mamba', falcon],
])('%s: every precision stays near float32', (_, shape) => expectNearInEachPrecision(shape, { int4: 0.6 }));

test("the authors' own config is told without a model_type, its vocabulary padded", () => {
  const model = describeModel(original);
  expect(model).toMatchObject({ family: 'mamba', vocabulary: 72 });
  expect(model.layers[0]!.mixer).toMatchObject({ inner: 96, stateSize: 12, rank: 3, convolution: 4 });
  expect([...checkpointTensors(model).keys()]).toContain('backbone.embedding.weight');
});

test.each([
  ['another activation', { ...config, hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
  ['a rank that is no number', { ...config, time_step_rank: 'low' }, /"time_step_rank" is "low"/],
  [
    'Mamba-2 under the old config',
    { ...original, ssm_cfg: { layer: 'Mamba2' } },
    /"ssm_cfg.layer" is "Mamba2"/,
  ],
  ['attention among the layers', { ...original, attn_layer_idx: [1] }, /"attn_layer_idx" is \[1\]/],
  ['an MLP in each layer', { ...original, d_intermediate: 64 }, /"d_intermediate" is 64/],
  ['another norm', { ...original, rms_norm: false }, /"rms_norm" is false/],
  ['falcon_mamba without its epsilon', { ...falcon, mixer_rms_eps: undefined }, /"mixer_rms_eps" is nothing/],
])('%s is refused with its reason', (_, shape, message) => {
  const describeIt = () => describeModel(shape);
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
