import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Priority, type ModelState, type WorkOptions } from '../../../runtime/inference/language-model';
import { loadLanguageModel } from '../../../runtime/inference/load';
import type { LocalLanguageModel } from '../../../runtime/inference/local-language-model';
import { prepareBareModel } from '../../../runtime/models/model-folder';
import { temporaryFolder } from '../fixtures/model-folder';
import { writeRandomModel } from '../fixtures/random-folder';
import * as families from '../fixtures/tiny-families';

const work: WorkOptions = { priority: Priority.Completion };
const ids = Array.from({ length: 90 }, (_, i) => (i * 29 + 3) % 70);
const root = temporaryFolder();
afterAll(() => root.remove());

/** Each family from a folder as Hugging Face lays it out. */
describe.each(Object.entries(families))('%s', (name, config) => {
  let model: LocalLanguageModel;
  afterEach(() => model.dispose());

  async function loaded(): Promise<ModelState> {
    const folder = path.join(root.path, name);
    writeRandomModel(folder, config);
    const cacheFolder = path.join(root.path, 'cache');
    model = await loadLanguageModel({ folder, cacheFolder, precision: 'float32', prepare: prepareBareModel });
    const state = await model.create();
    await model.read(state, ids, work);
    return state;
  }

  test('drafts that were wrong leave nothing behind', async () => {
    const state = await loaded();
    const written = async (draft?: (done: readonly number[]) => number[]) => {
      const fork = await model.fork(state);
      const tokens = [];
      for await (const token of model.decode(fork, [5], { ...work, maxTokens: 16, draft }))
        tokens.push(token.id);
      const [score] = await model.score(fork, [9], work);
      return { tokens, score: score!.toFixed(3), length: fork.length };
    };
    const plain = await written();
    expect(await written(() => [1, 2, 3])).toEqual(plain);
    const halfRight = (done: readonly number[]) => [
      ...plain.tokens.slice(done.length, done.length + 2),
      7,
      7,
    ];
    expect(await written(halfRight)).toEqual(plain);
  });

  test('a saved state goes on like the one that was saved', async () => {
    const state = await loaded();
    await model.read(state, [7, 8], work);
    const back = await model.importState(structuredClone(await model.exportState(state, work)), work);
    const [expected, found] = [
      await model.score(state, [5, 6, 7], work),
      await model.score(back, [5, 6, 7], work),
    ];
    expect(found).toEqual(expected);
  });
});
