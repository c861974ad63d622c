/** How a model has a device read its long texts: what it asks of a backend that is made of two. */
import { expect, test } from 'vitest';
import type { Backend, BlockResult } from '../../../runtime/inference/backend';
import { Priority, type ModelInfo } from '../../../runtime/inference/language-model';
import { LocalLanguageModel, type OpenedDevice } from '../../../runtime/inference/local-language-model';
import { immediateScheduler } from '../../../runtime/inference/scheduling';
import { StateLedger } from '../../../runtime/inference/state-ledger';
import { missingTokenizer } from '../../../runtime/inference/tokenizer';

const work = { priority: Priority.Completion };
const states = {
  recurrent: [],
  pending: [],
  windows: [],
  rotations: [],
  longestRun: Infinity,
  onDevice: true,
};
const device: OpenedDevice = { longest: 512, states, weightBytes: 30 };
const text = (length: number) => Array.from({ length }, () => 1);

/** A model whose backend writes down what it is to run, as tokens and `d` where the device shall. */
function watched(openDevice?: (signal: AbortSignal) => Promise<OpenedDevice>) {
  const runs: string[] = [];
  const log: string[] = [];
  const told: Pick<BlockResult, 'deviceLost'> = {};
  const backend: Partial<Backend> = {
    create: () => undefined,
    fork: () => undefined,
    run: (_, ids, want, onDevice) => {
      runs.push(`${ids.length}${onDevice ? 'd' : ''}`);
      const tokens = want.kind === 'token' && { tokens: [{ id: 2, logProbability: -1 }] };
      const scores = want.kind === 'scores' && { scores: new Float32Array(ids.length) };
      return Promise.resolve({ ringBytes: 0, pending: 0, ...told, ...tokens, ...scores });
    },
    close: () => Promise.resolve(),
  };
  const model = new LocalLanguageModel({
    info: { name: 'test', provider: 'mixed', weightBytes: 12, stop: [0] } as unknown as ModelInfo,
    tokenizer: missingTokenizer('test', 9),
    backend: backend as Backend,
    scheduler: immediateScheduler,
    ledger: new StateLedger(states, 9),
    blockTokens: 64,
    vocabulary: 9,
    openDevice,
    onLog: (message) => log.push(message),
  });
  /** What has been run since it was asked last. */
  const done = () => runs.splice(0).join(' ');
  return { model, done, log, told };
}

test('a long text opens the device, and does not wait for it', async () => {
  let opened = 0;
  let ready: (device: OpenedDevice) => void = () => undefined;
  const { model, done } = watched(() => {
    opened++;
    return new Promise((resolve) => (ready = resolve));
  });
  const state = await model.create();
  await model.read(state, text(511), work);
  expect(opened).toBe(0);
  done();
  await model.read(state, text(513), work);
  expect([opened, done()]).toEqual([1, '64 64 64 64 64 64 64 64 1']);
  expect(model.info.weightBytes).toBe(12);
  ready(device);
  await model.openDevice();
  expect([opened, model.info.weightBytes]).toEqual([1, 42]);
  await model.read(state, text(1100), work);
  expect(done()).toBe('512d 512d 76d');
  // Where it is, as long as that is worth it.
  const fork = await model.fork(state);
  await model.read(state, text(100), work);
  await model.read(state, text(60), work);
  await model.read(state, text(100), work);
  expect(done()).toBe('100d 60 64 36');
  await model.read(fork, text(300), work);
  await model.score(fork, text(100), work);
  await model.read(fork, text(300), work);
  expect(done()).toBe('300d 64 36 64 64 64 64 44');
});

test('a long prompt is read there, and the tokens behind it are written on the CPU', async () => {
  const { model, done } = watched(() => Promise.resolve(device));
  await model.openDevice();
  const state = await model.create();
  for await (const _ of model.decode(state, text(700), { ...work, maxTokens: 3 }));
  expect(done()).toBe('512d 188d 1 1');
  for await (const _ of model.decode(state, text(512), { ...work, maxTokens: 2 }));
  expect(done()).toBe('512d 1');
  for await (const _ of model.decode(state, text(64), { ...work, maxTokens: 1 }));
  expect(done()).toBe('64');
});

test('a device that cannot be opened is told of once, and not tried again', async () => {
  let opened = 0;
  const { model, done, log } = watched(() => {
    opened++;
    return Promise.reject(new Error('There is none.'));
  });
  const state = await model.create();
  for (const _ of [1, 2]) {
    await model.read(state, text(600), work);
    await model.openDevice();
  }
  expect(opened).toBe(1);
  expect(done()).not.toMatch(/d/);
  expect(model.info).toMatchObject({ provider: 'cpu', fallback: 'There is none.', weightBytes: 12 });
  expect(log).toEqual([expect.stringMatching(/There is none/)]);
});

test('a device that is lost is told of once; what follows is read in blocks of the CPU', async () => {
  const { model, done, log, told } = watched(() => Promise.resolve(device));
  await model.openDevice();
  const state = await model.create();
  told.deviceLost = 'It was unplugged.';
  await model.read(state, text(700), work);
  await model.read(state, text(600), work);
  expect(done()).toBe('512d 64 64 60 64 64 64 64 64 64 64 64 64 24');
  expect(model.info).toMatchObject({ provider: 'cpu', fallback: 'It was unplugged.', weightBytes: 12 });
  expect(log).toHaveLength(1);
});

test('a model that is let go stops opening its device, and says nothing of it', async () => {
  const { model, log } = watched(
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('given up')), { once: true }),
      ),
  );
  const opening = model.openDevice();
  await model.dispose();
  await opening;
  expect([model.info.fallback, log]).toEqual([undefined, []]);
});

test('without a device there is none to open', async () => {
  const { model, done } = watched();
  const state = await model.create();
  await model.openDevice();
  await model.read(state, text(600), work);
  expect(done()).not.toMatch(/d/);
  expect(model.info.provider).toBe('mixed');
});
