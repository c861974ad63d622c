import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { expectReference } from './computed';

const config = {
  model_type: 'mamba2',
  hidden_size: 48,
  num_hidden_layers: 2,
  vocab_size: 70,
  expand: 2,
  num_heads: 12,
  head_dim: 8,
  state_size: 24,
  n_groups: 3,
  conv_kernel: 3,
  layer_norm_epsilon: 1e-4,
  time_step_limit: [0, { __float__: 'Infinity' }],
  tie_word_embeddings: false,
};

test.each([
  ['three groups, a head of its own', {}],
  ['one group, the embedding as the head', { n_groups: 1, tie_word_embeddings: true }],
  ['a group for each head', { n_groups: 12 }],
  ['biases and limits of the step', { use_bias: true, time_step_limit: [0.002, 0.01] }],
  ['no bias of the convolution', { use_conv_bias: false, conv_kernel: 4, expand: 1, num_heads: 6 }],
])('%s: what the recurrence gives, whole, in two parts, step by step', (_, change) =>
  expectReference({ ...config, ...change }),
);

test.each([
  ['heads that do not fill', { num_heads: 7 }, /7 heads of 8/],
  ['heads that groups do not divide', { n_groups: 5 }, /"num_heads" is 12.*"n_groups" \(5\)/],
  ['limits the wrong way round', { time_step_limit: [1, 0.1] }, /"time_step_limit".*two numbers/],
  ['a limit that is no number', { time_step_limit: [0, 'much'] }, /"time_step_limit"/],
  ['another activation', { hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
  ['the norm before the gate', { norm_before_gate: true }, /"norm_before_gate" is true/],
  ['a flag that is none', { use_bias: 'no' }, /"use_bias" is "no".*true or false/],
])('%s is refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
