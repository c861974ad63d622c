import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Priority } from '../../../runtime/inference/language-model';
import { loadTextEncoder } from '../../../runtime/inference/text-encoder';
import { WorkerEncoder } from '../../../runtime/inference/worker-encoder';
import { encoderKey, prepareEncoder } from '../../../runtime/models/encoder-folder';
import { UserError } from '../../../runtime/protocol/errors';
import { bundleProgram } from '../fakes/bundle';
import { writeEncoderModel } from '../fixtures/encoder-model';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => root.remove());

const work = { priority: Priority.Background };

test('places texts by a folder: same texts alike, long ones cut, each as a turn of its own', async () => {
  const folder = root.path;
  writeEncoderModel(folder);
  const turns: object[] = [];
  const encoder = await loadTextEncoder({
    folder,
    cacheFolder: path.join(folder, 'cache'),
    precision: 'float32',
    scheduler: { run: (options, block) => (turns.push(options), block()) },
  });
  try {
    const long = 'cookie '.repeat(500);
    const [a, b, c, d] = await encoder.encode(['Sign the cookie', 'sign the  cookie', 'route', long], work);
    expect(a).toHaveLength(64);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(d!.every(Number.isFinite)).toBe(true);
    expect(turns).toEqual(Array(4).fill({ priority: Priority.Background, aside: true }));
  } finally {
    await encoder.close();
  }
});

test('has a key of its weights, tokeniser and precision, which is known without loading it', async () => {
  const folder = root.path;
  writeEncoderModel(folder);
  const options = { folder, cacheFolder: path.join(folder, 'cache') };
  const key = await encoderKey(options);
  expect(key).toMatch(/^[0-9a-f]{16}-\d+-w8u$/);
  const encoder = await loadTextEncoder(options);
  expect(await encoder.key()).toBe(key);
  await encoder.close();
  expect(await encoderKey({ ...options, precision: 'float32' })).not.toBe(key);
  const tokenizer = path.join(folder, 'tokenizer.json');
  writeFileSync(tokenizer, readFileSync(tokenizer, 'utf8').replace('cookie', 'cookies'));
  expect(await encoderKey(options)).not.toBe(key);
  writeEncoderModel(folder, 6);
  expect(await encoderKey(options)).not.toBe(key);
});

test('says which file is missing', async () => {
  await expect(loadTextEncoder({ folder: root.path, cacheFolder: root.path })).rejects.toThrow(
    /tokenizer\.json is missing/,
  );
});

test('gives the same vectors from a thread of its own, and the same reasons', async () => {
  const program = await bundleProgram('runtime/inference/worker.ts');
  try {
    const folder = root.path;
    writeEncoderModel(folder);
    const options = { folder, cacheFolder: path.join(folder, 'cache') };
    const here = await loadTextEncoder(options);
    const there = await loadTextEncoder({ ...options, workerPath: program.path });
    const texts = ['sign the cookie', 'route'];
    expect(await there.encode(texts, work)).toEqual(await here.encode(texts, work));
    await Promise.all([here.close(), there.close()]);
    await expect(there.encode(texts, work)).rejects.toThrow('has ended');
    const { description } = await prepareEncoder(options);
    const missing = { graphPath: path.join(folder, 'none', 'graph.onnx'), description, threads: 1 };
    const opening = WorkerEncoder.open(program.path, missing).then(() => undefined);
    await expect(opening).rejects.toBeInstanceOf(UserError);
  } finally {
    program.remove();
  }
});
