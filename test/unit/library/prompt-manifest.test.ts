import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addModel } from '../../../runtime/library/add-model';
import { Library } from '../../../runtime/library/library';
import { readManifest } from '../../../runtime/models/manifest';
import type { PromptFormat } from '../../../runtime/protocol/prompt-format';
import { renamedTokenizer, writeFimModel, type TokenNames } from '../fixtures/fim-model';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let library: Library;
beforeEach(() => {
  root = temporaryFolder();
  library = new Library(path.join(root.path, 'data'));
});
afterEach(() => root.remove());

const bars = { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>' };
const codestral = { prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: '[MIDDLE]' };
const unknown = { prefix: '<a>', suffix: '<b>', middle: '<c>' };

async function added(names: TokenNames, name = 'model', change: object = {}) {
  const folder = path.join(root.path, name);
  writeFimModel(folder, renamedTokenizer(names), change);
  return addModel(library, { folder });
}

test.each<[string, TokenNames, string, PromptFormat]>([
  [
    'Granite and Qwen',
    bars,
    'model',
    { kind: 'fim', order: 'prefix-suffix-middle', prefix: 3, suffix: 4, middle: 5 },
  ],
  [
    'StarCoder',
    { prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>' },
    'model',
    { kind: 'fim', order: 'prefix-suffix-middle', prefix: 3, suffix: 4, middle: 5 },
  ],
  [
    'DeepSeek',
    { prefix: '<｜fim▁begin｜>', suffix: '<｜fim▁hole｜>', middle: '<｜fim▁end｜>' },
    'model',
    { kind: 'fim', order: 'prefix-suffix-middle', prefix: 3, suffix: 4, middle: 5 },
  ],
  ['Codestral', codestral, 'model', { kind: 'fim', order: 'suffix-prefix-middle', prefix: 3, suffix: 4 }],
  ['a model that has them untrained', codestral, 'Mamba-Codestral-7B-v0.1', { kind: 'prefix', begin: 0 }],
  ['no format', unknown, 'model', { kind: 'prefix', begin: 0 }],
])('%s: the tokens’ names and the registry tell the format', async (_, names, name, prompt) => {
  const { folder, completesFrom, completes } = await added(names, name);
  expect(readManifest(folder)).toMatchObject({ name, prompt, cut: 'before-newlines', languages: [] });
  expect([completes, completesFrom]).toEqual([true, prompt.kind === 'prefix' ? 'prefix' : 'both-sides']);
  expect(readManifest(folder).stop, 'no special token is text').toEqual(
    Array.from({ length: 32 }, (_, id) => id),
  );
});

test('as much is shown as the model was trained on, and no more than helps', async () => {
  const context = async (name: string, change: object) =>
    readManifest((await added(bars, name, change)).folder).usefulContext;
  expect(await context('a', {})).toBe(1024);
  expect(await context('b', { max_position_embeddings: 4096 })).toBe(2389);
  expect(await context('c', { max_position_embeddings: 131072 })).toBe(4096);
});

test('a text begins as the tokeniser begins it', async () => {
  const folder = path.join(root.path, 'begin');
  const single = [
    { SpecialToken: { id: '<|endoftext|>', type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
  ];
  const special_tokens = { '<|endoftext|>': { id: '<|endoftext|>', ids: [0], tokens: ['<|endoftext|>'] } };
  const post_processor = { type: 'TemplateProcessing', single, pair: single, special_tokens };
  writeFimModel(folder, { ...renamedTokenizer(bars), post_processor });
  expect(readManifest((await addModel(library, { folder })).folder).prompt).toMatchObject({ begin: 0 });
});

test('what comes with a longview.json keeps it; a download that fails to compile is left without', async () => {
  const folder = path.join(root.path, 'own');
  writeFimModel(folder, renamedTokenizer(bars));
  const broken = new AbortController();
  broken.abort();
  await expect(addModel(library, { folder, signal: broken.signal })).rejects.toThrow();
  expect(existsSync(path.join(folder, 'longview.json'))).toBe(false);
  const first = await addModel(library, { folder });
  const own = {
    ...JSON.parse(readFileSync(path.join(first.folder, 'longview.json'), 'utf8')),
    usefulContext: 77,
  };
  writeFileSync(path.join(folder, 'longview.json'), JSON.stringify(own));
  expect(readManifest((await addModel(library, { folder, name: 'again' })).folder).usefulContext).toBe(77);
});

test('a tokeniser that cannot be used is refused before anything is copied', async () => {
  const folder = path.join(root.path, 'broken');
  writeFimModel(folder, { model: { type: 'Nothing' } });
  await expect(addModel(library, { folder })).rejects.toThrow(/tokenizer.json cannot be used/);
  expect(existsSync(library.folder)).toBe(false);
});
