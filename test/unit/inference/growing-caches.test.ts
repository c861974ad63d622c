import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { Priority, type WorkOptions } from '../../../runtime/inference/language-model';
import { loadLanguageModel } from '../../../runtime/inference/load';
import type { LocalBackend } from '../../../runtime/inference/local-backend';
import type { LocalLanguageModel } from '../../../runtime/inference/local-language-model';
import { StateLedger } from '../../../runtime/inference/state-ledger';
import { prepareBareModel } from '../../../runtime/models/model-folder';
import { temporaryFolder } from '../fixtures/model-folder';
import { writeRandomModel } from '../fixtures/random-folder';

const config = {
  model_type: 'llama',
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 48,
  rms_norm_eps: 1e-5,
  vocab_size: 70,
};
/** Keys and values of two layers, each of two heads of 8. */
const tokenBytes = 2 * 2 * 2 * 8 * 4;
const work: WorkOptions = { priority: Priority.Completion };
const ids = Array.from({ length: 300 }, (_, i) => (i * 29 + 3) % 70);

const root = temporaryFolder();
const folder = path.join(root.path, 'model');
writeRandomModel(folder, config);
afterAll(() => root.remove());

let model: LocalLanguageModel;
beforeEach(async () => {
  const cacheFolder = path.join(root.path, 'cache');
  model = await loadLanguageModel({ folder, cacheFolder, precision: 'float32', prepare: prepareBareModel });
});
afterEach(() => model.dispose());

const bytesHeld = () => (model as unknown as { backend: LocalBackend }).backend.bytesHeld();

test('a state grows with what is read, by keys and values alone', async () => {
  const state = await model.create();
  await model.read(state, ids.slice(0, 100), work);
  const before = model.exclusiveBytes(state);
  await model.read(state, ids.slice(100), work);
  expect(model.exclusiveBytes(state) - before).toBe(200 * tokenBytes);
  expect(model.info.growthBytes).toBe(tokenBytes);
  expect(bytesHeld()).toBeLessThanOrEqual(model.stateBytesHeld());
  model.release(state);
  expect(model.stateBytesHeld()).toBe(0);
});

test('forks share what was read before', async () => {
  const state = await model.create();
  await model.read(state, ids, work);
  const one = model.stateBytesHeld();
  const forks = await Promise.all(Array.from({ length: 5 }, () => model.fork(state)));
  expect(model.stateBytesHeld() - one).toBeLessThanOrEqual(5 * 64 * tokenBytes);
  const expected = await model.score(state, [7, 8], work);
  for (const fork of forks) expect(await model.score(fork, [7, 8], work)).toEqual(expected);
  expect(bytesHeld()).toBeLessThanOrEqual(model.stateBytesHeld());
});

test('a saved state holds every token, and goes on like the first', async () => {
  const state = await model.create();
  await model.read(state, ids, work);
  const snapshot = structuredClone(await model.exportState(state, work));
  expect(snapshot.tensors[0]!.shape).toEqual([2, ids.length, 8]);
  const back = await model.importState(snapshot, work);
  expect(await model.score(back, [5, 6, 7], work)).toEqual(await model.score(state, [5, 6, 7], work));
});

test('wrong drafts leave nothing behind', async () => {
  const state = await model.create();
  await model.read(state, ids, work);
  const written = async (draft?: () => number[]) => {
    const fork = await model.fork(state);
    const tokens = [];
    for await (const token of model.decode(fork, [5], { ...work, maxTokens: 20, draft }))
      tokens.push(token.id);
    const [score] = await model.score(fork, [9], work);
    return { tokens, score: score!.toFixed(4), length: fork.length };
  };
  expect(await written(() => [1, 2, 3])).toEqual(await written());
});

test('the size of one state is that at the context that the model makes use of', () => {
  const attention = { name: 'a', keyValueHeads: 2, headSize: 8 };
  const windows = [
    { ...attention, window: Infinity },
    { ...attention, window: 10 },
  ];
  const ledger = new StateLedger(
    { recurrent: [], pending: [], rotations: [], windows, longestRun: Infinity, onDevice: false },
    70,
  );
  expect(ledger.fullStateBytes(1000)).toBe((1000 + 10) * 2 * 2 * 8 * 4 + 70 * 4);
});
