import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeEncoder, describeModel, describedTensors } from '../../../runtime/architectures';
import type { Precision } from '../../../runtime/graph/precision';
import { Encoder } from '../../../runtime/inference/encoder';
import { layoutSafetensors, writeSafetensors } from '../../../runtime/models/safetensors-writer';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { UserError } from '../../../runtime/protocol/errors';
import { temporaryFolder } from '../fixtures/model-folder';
import { m2BertReference } from './reference/m2-bert';

const config = {
  monarch_mixer_sequence_mixing: true,
  bidirectional: true,
  use_glu_mlp: true,
  use_monarch_mlp: true,
  residual_long_conv: true,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  vocab_size: 40,
  type_vocab_size: 2,
  max_position_embeddings: 24,
  long_conv_l_max: 24,
  hyena_emb_dim: 3,
  hyena_filter_order: 8,
  monarch_mlp_nblocks: 4,
  layer_norm_eps: 1e-3,
};

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

/** A folder with config.json and random weights, as a download would be. */
function writeEncoder(shape: object): string {
  const folder = path.join(root.path, 'encoder');
  mkdirSync(folder, { recursive: true });
  const description = describeEncoder(shape);
  const plans = [...describedTensors(description)].map(([name, size]) => ({
    name,
    type: 'F32' as const,
    shape: size,
  }));
  const checkpoint = randomCheckpoint(description, 7);
  const file = path.join(folder, 'model.safetensors');
  writeSafetensors(file, layoutSafetensors(plans, {}), (name) => checkpoint.float32(name));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(shape));
  return folder;
}

async function withEncoder<T>(
  shape: object,
  precision: Precision,
  use: (encoder: Encoder) => Promise<T>,
): Promise<T> {
  const cacheFolder = path.join(root.path, 'cache');
  const encoder = await Encoder.load({ folder: writeEncoder(shape), cacheFolder, precision });
  try {
    return await use(encoder);
  } finally {
    await encoder.close();
  }
}

const texts = [[5, 9, 31, 2, 17, 8, 8, 39], Array.from({ length: 24 }, (_, i) => (i * 7 + 1) % 40), [3]];

test.each([
  ['a length with a root', { max_position_embeddings: 32, long_conv_l_max: 32 }],
  ['another length', {}],
  ['a length that is prime', { max_position_embeddings: 29, long_conv_l_max: 29 }],
  ['no second convolution, other blocks', { residual_long_conv: false, monarch_mlp_nblocks: 2 }],
])('%s: what the definition gives, texts together or alone', async (_, change) => {
  const shape = { ...config, ...change };
  const description = describeEncoder(shape);
  const { float32 } = randomCheckpoint(description, 7);
  await withEncoder(shape, 'float32', async (encoder) => {
    const { vectors } = await encoder.encode(texts);
    for (const [i, text] of texts.entries()) {
      const padded = [...text, ...new Array<number>(description.length - text.length).fill(0)];
      const expected = m2BertReference(description, float32, padded);
      const [alone] = (await encoder.encode([text])).vectors;
      for (const found of [vectors[i]!, alone!])
        expect(Math.max(...found.map((value, n) => Math.abs(value - expected[n]!)))).toBeLessThan(1e-5);
    }
  });
});

test.each([
  ['float16', 0.99999],
  ['w8u', 0.999],
  ['w8m', 0.998],
  ['int8', 0.999],
  ['int4', 0.94],
] as const)('%s: vectors point where those in float32 do', async (precision, least) => {
  const encode = async (encoder: Encoder) => (await encoder.encode(texts)).vectors;
  const exact = await withEncoder(config, 'float32', encode);
  const found = await withEncoder(config, precision, encode);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  for (const [i, one] of exact.entries()) {
    const other = found[i]!;
    expect(dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))).toBeGreaterThan(least);
  }
});

test('texts that do not fit are refused', () =>
  withEncoder(config, 'float32', async (encoder) => {
    await expect(encoder.encode([new Array<number>(25).fill(1)])).rejects.toThrow(/25 tokens is longer.*24/);
    await expect(encoder.encode([[40]])).rejects.toThrow(/no token 40: it has 40/);
    expect(await encoder.encode([])).toEqual({ vectors: [] });
  }));

test('an encoder is no language model, nor the other way round', () => {
  expect(() => describeModel(config)).toThrow(/"m2_bert" are not supported\. Supported: striped/);
  expect(() => describeEncoder({ model_type: 'mamba2' })).toThrow(
    /"mamba2".*as encoders\. Supported: m2_bert/,
  );
});

test.each([
  ['mean pooling', { pool_all: true }, /"pool_all" is true/],
  ['the older model', { hyena_training_additions: true }, /"hyena_training_additions" is true/],
  ['attention', { monarch_mixer_sequence_mixing: false }, /"monarch_mixer_sequence_mixing" is false/],
  ['filters of another length', { long_conv_l_max: 12 }, /"long_conv_l_max" must be.*\(24\)/],
  ['blocks that do not divide', { monarch_mlp_nblocks: 5 }, /"monarch_mlp_nblocks" \(5\)/],
])('%s is refused with its reason', (_, change, message) => {
  const describeIt = () => describeEncoder({ ...config, ...change });
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(UserError);
});
