import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Priority,
  type DecodeOptions,
  type LanguageModel,
  type ModelState,
  type WorkOptions,
} from '../../../runtime/inference/language-model';
import type { LocalBackend } from '../../../runtime/inference/local-backend';
import type { LocalLanguageModel } from '../../../runtime/inference/local-language-model';
import { loadLanguageModel } from '../../../runtime/inference/load';
import { buildModelFolder } from '../../../runtime/models/build-folder';
import { prepareModel } from '../../../runtime/models/model-folder';
import { seededRandom } from '../../../runtime/models/seeded-random';
import { logProbability } from '../../../runtime/inference/sampling';
import { reference, temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

const work: WorkOptions = { priority: Priority.Completion };
const { ids, logits, vocabulary } = reference();
const folder = temporaryFolder();
const modelFolder = path.join(folder.path, 'model');
const cacheFolder = path.join(folder.path, 'cache');
// Beside node_modules, as the bundle finds the native runtime from where it lies.
const workerPath = path.join(import.meta.dirname, '../../../.cache/test/inference-worker.js');

/** float32, so that results can be held against the reference. Without stop tokens, since its text is random. */
const load = (worker: boolean) =>
  loadLanguageModel({
    folder: modelFolder,
    cacheFolder,
    precision: 'float32',
    threads: 1,
    ...(worker ? { workerPath } : {}),
  });

beforeAll(async () => {
  writeTinyModel(modelFolder, { stop: [] });
  await build({
    entryPoints: [path.join(import.meta.dirname, '../../../runtime/inference/worker.ts')],
    outfile: workerPath,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
});
afterAll(() => folder.remove());

const row = (at: number) => logits.subarray(at * vocabulary, (at + 1) * vocabulary);
const expectedScores = ids.map((id, i) => (i === 0 ? NaN : logProbability(row(i - 1), id)));

async function decoded(model: LanguageModel, ...args: Parameters<LanguageModel['decode']>) {
  const tokens = [];
  for await (const token of model.decode(...args)) tokens.push(token);
  return tokens;
}

function expectClose(found: Float32Array, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  const far = expected.filter((value, i) => !(Math.abs(value - found[i]!) < 1e-3));
  expect(far.filter((value) => !Number.isNaN(value))).toEqual([]);
}

describe.each([false, true])('in a worker thread: %s', (worker) => {
  let model: LocalLanguageModel;
  beforeAll(async () => {
    model = await load(worker);
  });
  afterAll(() => model.dispose());

  test('scores are those of the reference, whatever was read before', async () => {
    const state = await model.create();
    const scores = await model.score(state, ids, work);
    expect(scores[0]).toBeNaN();
    expectClose(scores, expectedScores);
    expect(state.length).toBe(ids.length);
    model.release(state);

    const other = await model.create();
    await model.read(other, ids.slice(0, 77), work);
    expectClose(await model.score(other, ids.slice(77), work), expectedScores.slice(77));
    model.release(other);
  });

  test('forks go on alone, and the original is not changed', async () => {
    const state = await model.create();
    await model.read(state, ids.slice(0, 100), work);
    const [same, other] = [await model.fork(state), await model.fork(state)];
    await model.read(other, ids.slice(0, 90), work);
    expectClose(await model.score(same, ids.slice(100), work), expectedScores.slice(100));
    expect([state.length, same.length, other.length]).toEqual([100, ids.length, 190]);
    const late = await model.fork(state);
    expectClose(await model.score(late, ids.slice(100), work), expectedScores.slice(100));
    for (const each of [state, same, other, late]) model.release(each);
    expect(() => model.release(state)).toThrow(/released/);
    await expect(model.read(state, [1], work)).rejects.toThrow(/released/);
  });

  test('decoding reads the prompt, then its own tokens', async () => {
    const state = await model.create();
    const tokens = await decoded(model, state, ids.slice(0, 150), { ...work, maxTokens: 12 });
    expect(tokens).toHaveLength(12);
    expect(state.length).toBe(150 + 11);
    const likeliest = row(149).indexOf(Math.max(...row(149)));
    expect(tokens[0]!.id).toBe(likeliest);
    expect(tokens[0]!.logProbability).toBeCloseTo(logProbability(row(149), likeliest), 3);
    const check = await model.create();
    await model.read(check, ids.slice(0, 150), work);
    const scores = await model.score(
      check,
      tokens.map(({ id }) => id),
      work,
    );
    expectClose(
      scores,
      tokens.map(({ logProbability }) => logProbability),
    );
    for (const each of [state, check]) model.release(each);
  });

  test('decoding ends at a stop token, without giving it', async () => {
    const state = await model.create();
    const options = { ...work, maxTokens: 6, sampling: { temperature: 3, seed: 5 } };
    const tokens = await decoded(model, state, ids.slice(0, 60), options);
    const stopAt = tokens.findIndex(({ id }, i) => i > 0 && id !== tokens[0]!.id);
    const again = await model.create();
    model.info.stop.push(tokens[stopAt]!.id);
    const shorter = await decoded(model, again, ids.slice(0, 60), options);
    model.info.stop.length = 0;
    expect(stopAt).toBeGreaterThan(0);
    expect(shorter).toEqual(tokens.slice(0, stopAt));
    expect(again.length).toBe(60 + stopAt);
    for (const each of [state, again]) model.release(each);
  });

  test('a seed decides what is sampled', async () => {
    const sample = async (seed: number) => {
      const state = await model.create();
      const sampling = { temperature: 2, topP: 0.95, seed };
      const tokens = await decoded(model, state, ids.slice(0, 20), { ...work, maxTokens: 20, sampling });
      model.release(state);
      return tokens.map(({ id }) => id);
    };
    const first = await sample(7);
    expect(await sample(7)).toEqual(first);
    expect(await sample(8)).not.toEqual(first);
  });

  test('cancelling leaves a whole number of blocks in the state', async () => {
    const controller = new AbortController();
    const state = await model.create();
    const long = [...ids, ...ids, ...ids];
    const reading = model.read(state, long, { ...work, signal: controller.signal });
    const until = (length: number): Promise<void> =>
      state.length >= length
        ? Promise.resolve()
        : new Promise<void>((resolve) => setImmediate(resolve)).then(() => until(length));
    await until(1);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ name: 'CancelledError' });
    expect(state.length).toBeGreaterThan(0);
    expect(state.length).toBeLessThan(long.length);
    const kept = state.length;
    await expect(model.read(state, [1], { ...work, signal: controller.signal })).rejects.toThrow();
    expect(state.length).toBe(kept);
    model.release(state);
  });

  test('drafts change what it costs, not what is written, however right they are', async () => {
    const options = { ...work, maxTokens: 24 };
    const state = await model.create();
    await model.read(state, ids.slice(0, 100), work);
    const plain = await decodedFrom(state, options);
    const written = plain.map(({ id }) => id);
    const random = seededRandom(3);
    const guesses: Record<string, (done: readonly number[]) => number[]> = {
      right: (done) => written.slice(done.length, done.length + 3),
      'right at first': (done) => [...written.slice(done.length, done.length + 2), 7, 7],
      wrong: () => [7, 8, 9],
      mixed: (done) => written.slice(done.length, done.length + 5).map((id) => (random() < 0.7 ? id : 7)),
      'too many': (done) => [...written.slice(done.length), ...Array<number>(40).fill(7)],
    };
    for (const [name, draft] of Object.entries(guesses)) {
      const drafted = await decodedFrom(state, { ...options, draft });
      expect(
        drafted.map(({ id }) => id),
        name,
      ).toEqual(written);
      for (const [i, { logProbability }] of drafted.entries())
        expect(logProbability, name).toBeCloseTo(plain[i]!.logProbability, 3);
    }
    model.release(state);

    async function decodedFrom(state: ModelState, options: DecodeOptions) {
      const fork = await model.fork(state);
      const tokens = await decoded(model, fork, ids.slice(100, 104), options);
      expect(fork.length).toBe(104 + 23);
      // What was read of drafts that were wrong is not in the state.
      const after = await model.score(fork, [tokens.at(-1)!.id, 5], work);
      expect(after[0]).toBeCloseTo(tokens.at(-1)!.logProbability, 3);
      model.release(fork);
      return tokens;
    }
  });

  test.each([128, 130, 131])('a state of %d tokens goes out and comes back as plain data', async (count) => {
    const state = await model.create();
    await model.read(state, ids.slice(0, count), work);
    const snapshot = structuredClone(await model.exportState(state, work));
    expect(snapshot).toMatchObject({ length: count, pending: count - 128 });
    model.release(state);
    const back = await model.importState(snapshot, work);
    expect(back.length).toBe(count);
    expectClose(await model.score(back, ids.slice(count), work), expectedScores.slice(count));
    model.release(back);
    const unfounded = { ...snapshot, pending: 4 };
    await expect(model.importState(unfounded, work)).rejects.toThrow(/damaged/);
    const foreign = { ...snapshot, model: 'other' };
    await expect(model.importState(foreign, work)).rejects.toThrow(/another model/);
    const cut = { ...snapshot, tensors: snapshot.tensors.slice(1) };
    await expect(model.importState(cut, work)).rejects.toThrow(/damaged/);
  });

  test('ids that the model does not have are refused', async () => {
    const state = await model.create();
    for (const id of [-1, vocabulary, 1.5, NaN])
      await expect(model.read(state, [id], work)).rejects.toThrow(/no token/);
    model.release(state);
  });
});

test('the bytes held are those of the states: shared parts once, nothing when all are released', async () => {
  const model = await load(false);
  const real = () => (model as unknown as { backend: LocalBackend }).backend.bytesHeld();
  const state = await model.create();
  await model.read(state, ids, work);
  const one = model.stateBytesHeld();
  const forks = await Promise.all(Array.from({ length: 10 }, () => model.fork(state)));
  const slack = (count: number) => count * 64 * 2 * 2 * 16 * 4;
  expect(model.stateBytesHeld() - one).toBeLessThanOrEqual(slack(10));
  expect(real()).toBeLessThanOrEqual(model.stateBytesHeld());
  await model.read(forks[0]!, ids.slice(0, 70), work);
  await model.read(forks[1]!, ids.slice(0, 3), work);
  for (const id of ids.slice(0, 3)) await model.read(forks[2]!, [id], work);
  expect(real()).toBeLessThanOrEqual(model.stateBytesHeld());
  expect(model.stateBytesHeld() - real()).toBeLessThanOrEqual(slack(12));
  for (const each of [state, ...forks]) model.release(each);
  expect(model.stateBytesHeld()).toBe(0);
  await model.dispose();
});

test('where the GPU has failed, the model runs on the CPU and says why', async () => {
  const asked = { folder: modelFolder, cacheFolder, provider: 'webgpu', threads: 1 } as const;
  const model = await loadLanguageModel({ ...asked, gpuFailed: 'It was unplugged.' });
  expect(model.info).toMatchObject({ provider: 'cpu', precision: 'w8u', fallback: 'It was unplugged.' });
  await model.dispose();
  // No adapter makes up for a precision that there is no graph for.
  const bytes = loadLanguageModel({ ...asked, precision: 'w8u', fallBack: true });
  await expect(bytes).rejects.toThrow(/webgpu does not compute in w8u/);
});

test('a mixed model whose GPU cannot be used reads long texts on the CPU and says why', async () => {
  const log: string[] = [];
  const model = await loadLanguageModel({
    ...{ folder: modelFolder, cacheFolder, precision: 'float32', provider: 'mixed', threads: 1, workerPath },
    prepare: (options) =>
      options.provider === 'webgpu' ? Promise.reject(new Error('There is none.')) : prepareModel(options),
    onLog: (message) => log.push(message),
  });
  expect(model.info).toMatchObject({ provider: 'mixed', precision: 'float32' });
  const state = await model.create();
  const long = Array.from({ length: 600 }, (_, i) => ids[i % ids.length]!);
  await model.read(state, long, work);
  expect(state.length).toBe(600);
  await model.openDevice();
  expect(model.info).toMatchObject({ provider: 'cpu', fallback: 'There is none.' });
  expect(log.filter((message) => /There is none/.test(message))).toHaveLength(1);
  await model.dispose();
});

test('a worker that cannot load its graph says why, and ends', async () => {
  await expect(
    loadLanguageModel({ folder: modelFolder, cacheFolder, workerPath: path.join(folder.path, 'none.js') }),
  ).rejects.toThrow(/inference thread/);
});

test('a model whose files are not what their checksums say is not loaded, though its graph can be', async () => {
  const built = path.join(folder.path, 'built');
  await buildModelFolder(modelFolder, built, 'w8u');
  const weights = path.join(built, 'model.safetensors');
  const bytes = readFileSync(weights);
  bytes[bytes.length - 5]! ^= 0xff;
  writeFileSync(weights, bytes);
  const load = () => loadLanguageModel({ folder: built, cacheFolder, threads: 1 });
  await expect(load()).rejects.toThrow(/model\.safetensors is damaged/);
});

test('requests after dispose fail instead of hanging', async () => {
  const model = await load(true);
  const state = await model.create();
  await model.dispose();
  await model.dispose();
  await expect(model.read(state, [1], work)).rejects.toThrow(/ended/);
});
