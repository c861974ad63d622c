import { expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { falconH1 as config } from '../fixtures/tiny-families';
import { expectNearInEachPrecision, expectReference } from './computed';

const normed = { mamba_rms_norm: true, mamba_norm_before_gate: false };

test.each([
  ['without a norm', {}],
  ['with a norm of two groups', { ...normed, mamba_n_groups: 2 }],
  ['limits of the step', { time_step_limit: [0.002, 0.01] }],
])('%s: what the definition says, whole, in two parts, step by step', (_, change) =>
  expectReference({ ...config, ...change }),
);

test('every precision stays near float32', () => expectNearInEachPrecision(config));

test('multipliers are gathered where they are computed', () => {
  const model = describeModel(config);
  const { mixer, channel } = model.layers[0]!;
  expect(model).toMatchObject({ embeddingFactor: 5, finalNorm: { factor: 0.8 } });
  expect(channel).toMatchObject({ factors: { gate: 1.2, down: 0.6 } });
  const [ssd, attention] = mixer.kind === 'parallel' ? mixer.parts : [];
  expect(ssd).toMatchObject({
    factor: 0.5,
    mixer: { kind: 'ssd', factors: { z: 0.8 * 1.3, dt: 0.9 * 1.3 } },
  });
  // Queries and keys both have the input's factor, keys their own besides.
  expect(attention).toMatchObject({ mixer: { kind: 'attention', scale: (0.9 * 0.9 * 0.6) / 4 } });
  expect(attention!.factor).toBeCloseTo(0.9 * 0.7, 12);
});

test.each([
  ['biases', { projectors_bias: true }, /"projectors_bias" is true/],
  [
    'the norm before the gate',
    { ...normed, mamba_norm_before_gate: true },
    /"mamba_norm_before_gate" is true/,
  ],
  ['too few multipliers', { ssm_multipliers: [1, 1] }, /"ssm_multipliers".*5 numbers/],
  ['a multiplier of nothing', { mlp_multipliers: [1, 0] }, /"mlp_multipliers"/],
  ['heads that do not fill', { mamba_n_heads: 7 }, /7 heads of 8/],
])('%s: refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
