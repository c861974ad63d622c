import { expect, test } from 'vitest';
import { describedTensors, describeModel } from '../../../runtime/architectures';
import { UserError } from '../../../runtime/protocol/errors';
import { qwen35, qwen3Next as next } from '../fixtures/tiny-families';
import { expectNearInEachPrecision, expectReference } from './computed';

function wrapped(change: object) {
  return { model_type: 'qwen3_5', text_config: qwen35, vision_config: { depth: 27 }, ...change };
}

test.each([
  ['qwen3_5_text', qwen35],
  [
    'a value head for each key head, one matrix at both ends',
    { ...qwen35, linear_num_key_heads: 4, tie_word_embeddings: true },
  ],
  [
    'gated attention last',
    { ...qwen35, layer_types: ['linear_attention', 'linear_attention', 'full_attention'] },
  ],
  ['qwen3_5, the text part of a model that sees images', wrapped({})],
  ['qwen3_next', next],
  ['qwen3_next, its second layer dense', { ...next, mlp_only_layers: [1] }],
])('%s: what the definition says, whole, in two parts, step by step', (_, config) => expectReference(config));

// Unrelated logits would change by 1.4. Random routers hardly prefer one expert: rounding chooses another here and there.
test.each([
  ['dense', qwen35, { w8u: 0.15, w8m: 0.15, int8: 0.15, int4: 0.6 }],
  // Another expert may be chosen.
  ['a mixture of experts', next, { float16: 0.2, w8u: 0.3, w8m: 0.3, int8: 0.3, int4: 0.8 }],
])('%s: every precision stays near float32', (_, config, most) => expectNearInEachPrecision(config, most));

test('without a list every fourth layer is attention, and a quarter of a head is rotated', () => {
  const { layers } = describeModel({ ...qwen35, layer_types: undefined, num_hidden_layers: 8 });
  const places = layers.flatMap(({ mixer }, index) => (mixer.kind === 'attention' ? [index] : []));
  expect(places).toEqual([3, 7]);
  expect(layers[3]!.mixer).toMatchObject({ rope: { size: 4 }, gated: true });
});

test('the text part has its names in the whole model, and its ends tied as the whole says', () => {
  const names = [...describedTensors(describeModel(wrapped({}))).keys()];
  const others = names.filter((name) => !name.startsWith('model.language_model.'));
  expect(others).toEqual(['lm_head.weight']);
  expect(describeModel(wrapped({ tie_word_embeddings: true })).head).toBeUndefined();
  expect(() => describeModel(wrapped({ text_config: undefined }))).toThrow(/"text_config" is nothing/);
});

test('layers of qwen3_next are mixtures but for those that its config names', () => {
  const kinds = (change: object) =>
    describeModel({ ...next, ...change }).layers.map(({ channel }) => channel!.kind);
  expect(kinds({})).toEqual(['moe', 'moe', 'moe']);
  expect(kinds({ decoder_sparse_step: 2 })).toEqual(['glu', 'moe', 'glu']);
  expect(kinds({ mlp_only_layers: [0, 2] })).toEqual(['glu', 'moe', 'glu']);
  expect(kinds({ num_experts: 0 })).toEqual(['glu', 'glu', 'glu']);
});

test.each([
  [
    'value heads that key heads do not divide',
    qwen35,
    { linear_num_key_heads: 3 },
    /"linear_num_value_heads" is 4/,
  ],
  ['heads without a gate', qwen35, { attn_output_gate: false }, /"attn_output_gate" is false/],
  ['biases', qwen35, { attention_bias: true }, /"attention_bias" is true/],
  ['another layer', qwen35, { layer_types: ['mamba', 'mamba', 'mamba'] }, /"layer_types"/],
  ['weights that do not add up to one', next, { norm_topk_prob: false }, /"norm_topk_prob" is false/],
  ['more experts than there are', next, { num_experts_per_tok: 7 }, /"num_experts_per_tok" is 7/],
  ['layers that are no list', next, { mlp_only_layers: 1 }, /"mlp_only_layers"/],
])('%s: refused with its reason', (_, config, change, message) => {
  const describeIt = () => describeModel({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
