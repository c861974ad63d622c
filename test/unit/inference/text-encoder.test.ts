import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeEncoder, describedTensors } from '../../../runtime/architectures';
import { loadTextEncoder } from '../../../runtime/inference/text-encoder';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { layoutSafetensors, writeSafetensors } from '../../../runtime/models/safetensors-writer';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => root.remove());

const vocabulary = ['[PAD]', '[CLS]', '[SEP]', '[UNK]', 'sign', 'cookie', 'the', 'route'];
const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
  },
};

/** An m2_bert folder of the fixture's shape, with random weights and the tokeniser above. */
function encoderFolder(): string {
  const config = path.resolve('test/fixtures/m2bert.config.json');
  const description = describeEncoder(JSON.parse(readFileSync(config, 'utf8')));
  const plans = [...describedTensors(description)].map(([name, shape]) => ({
    name,
    type: 'F32' as const,
    shape,
  }));
  const checkpoint = randomCheckpoint(description, 5);
  writeSafetensors(path.join(root.path, 'model.safetensors'), layoutSafetensors(plans, {}), (name) =>
    checkpoint.float32(name),
  );
  copyFileSync(config, path.join(root.path, 'config.json'));
  writeFileSync(path.join(root.path, 'tokenizer.json'), JSON.stringify(tokenizer));
  return root.path;
}

test('places texts by a folder: same texts alike, long ones cut, named after its weights', async () => {
  const folder = encoderFolder();
  const encoder = await loadTextEncoder({
    folder,
    cacheFolder: path.join(folder, 'cache'),
    precision: 'float32',
  });
  try {
    const long = 'cookie '.repeat(500);
    const [a, b, c, d] = await encoder.encode(['Sign the cookie', 'sign the  cookie', 'route', long]);
    expect(a).toHaveLength(64);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(d!.every(Number.isFinite)).toBe(true);
    expect(encoder.name).toMatch(new RegExp(`^${path.basename(folder)}@[0-9a-f]{16}-\\d+-float32$`));
  } finally {
    await encoder.close();
  }
});

test('says which file is missing', async () => {
  await expect(loadTextEncoder({ folder: root.path, cacheFolder: root.path })).rejects.toThrow(
    /tokenizer\.json is missing/,
  );
});
