import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkCheckpoint, describeModel } from '../../../runtime/architectures';
import { checkpointTensors } from '../../../runtime/graph/model-graph';
import { UserError } from '../../../runtime/protocol/errors';
import { fixtures } from '../fixtures/model-folder';
import { expectReference } from './computed';

const config = (): Record<string, unknown> & { mamba2: object; attention: object } =>
  JSON.parse(readFileSync(path.join(fixtures, 'striped.config.json'), 'utf8'));

test('layers follow the config', () => {
  const model = describeModel({ ...config(), attention: { ...config().attention, sliding_window: [48] } });
  expect(model.layers.map(({ mixer }) => mixer.kind)).toEqual(['ssd', 'ssd', 'attention', 'ssd']);
  expect(model.layers[2]!.mixer).toMatchObject({ heads: 4, keyValueHeads: 2, window: 48 });
});

test.each([
  ['as the embedded model is', {}],
  ['groups, biases and limits of the step', { n_groups: 2, use_bias: true, time_step_limit: [0.002, 0.01] }],
])('%s: what the definition gives, whole, in two parts, step by step', (_, change) =>
  expectReference({ ...config(), mamba2: { ...config().mamba2, ...change } }),
);

test.each([
  ['another family', { model_type: 'mamba9' }, /"mamba9" are not supported\. Supported: striped/],
  ['no family', { model_type: undefined }, /"\(none\)" are not supported/],
  ['a name every object has', { model_type: 'constructor' }, /not supported/],
  ['no width', { hidden_size: undefined }, /"hidden_size" is nothing/],
  ['a width that is no number', { hidden_size: '768' }, /"hidden_size" is "768"/],
  ['a negative count', { num_hidden_layers: -1 }, /"num_hidden_layers" is -1/],
  ['too few layer types', { layer_types: ['mamba2'] }, /"layer_types".*4 entries/],
  ['an unknown layer type', { layer_types: ['mamba2', 'mamba2', 'full', 'mamba2'] }, /"layer_types"/],
  ['an epsilon of nothing', { rms_norm_eps: 0 }, /"rms_norm_eps" is 0/],
  ['an untied head', { tie_word_embeddings: false }, /"tie_word_embeddings" is false/],
  ['another activation', { hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
  ['no mamba section', { mamba2: null }, /"mamba2" is null/],
  [
    'heads that groups do not divide',
    { mamba2: { ...config().mamba2, n_groups: 3 } },
    /"num_heads" is 8.*"n_groups" \(3\)/,
  ],
  ['heads that do not fill', { mamba2: { ...config().mamba2, num_heads: 7 } }, /7 heads of 16/],
  [
    'a limit the wrong way round',
    { mamba2: { ...config().mamba2, time_step_limit: [1, 0.1] } },
    /time_step_limit/,
  ],
  ['odd head groups', { attention: { ...config().attention, num_kv_heads: 3 } }, /4 heads for 3/],
  [
    'windows for other layers',
    { attention: { ...config().attention, sliding_window: [1, 2] } },
    /sliding_window/,
  ],
])('%s is refused with its reason', (_, change, message) => {
  const describeIt = () => describeModel({ ...config(), ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});

test('a config that is no object is refused', () => {
  expect(() => describeModel([])).toThrow(/must hold a JSON object/);
});

test('missing and misshapen tensors are named', () => {
  const model = describeModel(config());
  const shapes = checkpointTensors(model);
  const without = (name: string) =>
    checkCheckpoint(model, (other) => (other === name ? undefined : shapes.get(other)));
  expect(() => checkCheckpoint(model, (name) => shapes.get(name))).not.toThrow();
  for (const name of shapes.keys()) expect(() => without(name)).toThrow(`"${name}"`);
  const other = (name: string) => (name === 'norm.weight' ? [65] : shapes.get(name));
  expect(() => checkCheckpoint(model, other)).toThrow(/"norm.weight" has the shape \[65\].*\[64\]/);
});
