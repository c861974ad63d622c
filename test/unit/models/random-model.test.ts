import { mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { Priority } from '../../../runtime/inference/language-model';
import { loadLanguageModel } from '../../../runtime/inference/load';
import { prepareBareModel } from '../../../runtime/models/model-folder';
import { prepareRandomModel, randomModel } from '../../../runtime/models/random-model';
import { randomShapes } from '../../../runtime/models/random-shapes';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

test('the shapes are those of the models they are named after', () => {
  const parameters = (name: string) => {
    const { checkpoint } = randomModel(`random:${name}`);
    let sum = 0;
    for (const { shape } of checkpoint.tensors.values()) sum += shape.reduce((a, b) => a * b, 1);
    return Math.round(sum / 1e5) / 10;
  };
  expect(Object.keys(randomShapes).map((name) => [name, parameters(name)])).toEqual([
    ['mamba-130m', 129.1],
    ['mamba2-130m', 129],
    ['mamba2-370m', 368.3],
    ['llama-130m', 128.9],
    ['based-360m', 362.6],
    ['granite-4.0-h-350m', 340.3],
    ['stripedhyena-76m', 76.1],
    ['stripedhyena-7b', 7646],
    ['striped-76m', 75.9],
  ]);
});

test('the same name gives the same weights, in any order', () => {
  const [one, other] = [randomModel('random:striped-76m'), randomModel('random:striped-76m')];
  const names = ['layers.0.mixer.A_log', 'layers.0.mixer.dt_bias', 'layers.2.self_attn.k_proj.weight'];
  const made = names.map((name) => one.checkpoint.float32(name));
  expect(names.reverse().map((name) => other.checkpoint.float32(name))).toEqual(made.reverse());
  expect(made[0]).not.toEqual(one.checkpoint.float32('layers.5.self_attn.k_proj.weight'));
});

test('a shape has a Transformer of its size', () => {
  const { description, checkpoint } = randomModel('random:stripedhyena-7b.transformer');
  expect(description).toMatchObject({ family: 'llama', width: 4096, vocabulary: 32000 });
  let parameters = 0;
  for (const { shape } of checkpoint.tensors.values()) parameters += shape.reduce((a, b) => a * b, 1);
  expect(parameters / 7.646e9).toBeCloseTo(1, 2);
  expect(() => randomModel('random:mamba9.transformer')).toThrow(/no model random:mamba9\./);
});

test('an unknown shape is refused with those that there are', () => {
  expect(() => randomModel('random:mamba9')).toThrow(/no model random:mamba9\. .*random:mamba-130m/);
  expect(() => randomModel('random:constructor')).toThrow(/no model/);
});

test('a random model is compiled once', async () => {
  const options = { folder: 'random:striped-76m', cacheFolder: root.path, precision: 'int4' } as const;
  const first = await prepareRandomModel(options);
  const made = statSync(first.graphPath).mtimeMs;
  const again = await prepareRandomModel(options);
  expect(again.graphPath).toBe(first.graphPath);
  expect(statSync(again.graphPath).mtimeMs).toBe(made);
  expect(first.description).toEqual(describeModel(randomShapes['striped-76m']));
});

test('a folder without prompts and tokeniser reads and decodes, but takes no text', async () => {
  const folder = path.join(root.path, 'bare');
  mkdirSync(folder);
  writeTinyModel(folder);
  for (const name of ['longview.json', 'tokenizer.json']) rmSync(path.join(folder, name));
  const cacheFolder = path.join(root.path, 'cache');
  await expect(loadLanguageModel({ folder, cacheFolder })).rejects.toThrow(/longview\.json is missing/);
  const model = await loadLanguageModel({ folder, cacheFolder, prepare: prepareBareModel });
  try {
    const state = await model.create();
    const work = { priority: Priority.Completion };
    await model.read(state, [20, 21, 22], work);
    const ids = [];
    for await (const { id } of model.decode(state, [23], { ...work, maxTokens: 5 })) ids.push(id);
    expect(ids).toHaveLength(5);
    expect(() => model.tokenizer.encode('text')).toThrow(/bare has no longview\.json/);
    expect(model.tokenizer.vocabularySize).toBe(320);
    await expect(model.read(state, [model.info.special.fimMiddle], work)).rejects.toThrow(/no token -1/);
  } finally {
    await model.dispose();
  }
});
