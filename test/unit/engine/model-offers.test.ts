import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findAssets } from '../../../runtime/engine/assets';
import { Engine } from '../../../runtime/engine/engine';
import type { Session } from '../../../runtime/engine/session';
import type { AddModelProgress, InstalledModel } from '../../../runtime/protocol/models';
import { CancelledError } from '../../../runtime/protocol/errors';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let engine: Engine;
let session: Session;
const settings = {
  completionModel: 'tiny',
  provider: 'auto' as const,
  memoryLimit: 1024,
  threads: 1,
  indexEnabled: false,
  backgroundReading: 'off' as const,
  excludeGlobs: [],
};
const dataFolder = () => path.join(root.path, 'data');
const tiny = () => path.join(root.path, 'tiny');

beforeEach(async () => {
  root = temporaryFolder();
  writeTinyModel(tiny());
  engine = new Engine(dataFolder(), { ...findAssets(__dirname), workerPath: undefined });
  session = await engine.open(
    {
      dataFolder: dataFolder(),
      modelsFolder: path.join(__dirname, '../../../runtime/models'),
      workspaceFolders: [],
      settings,
    },
    () => undefined,
  );
});
afterEach(async () => {
  await engine.dispose();
  root.remove();
});

const nothing = () => undefined;
const signal = () => new AbortController().signal;

test('the embedded model is offered, and what is added beside it completes under its name', async () => {
  const before = await session.models.list();
  expect(before.models.map(({ name }) => name)).toEqual(['striped-code']);
  expect(before.models[0]).toMatchObject({ completes: true, verified: true, licence: 'Apache-2.0' });
  expect(before.machineMemoryBytes).toBeGreaterThan(1e9);

  const steps: AddModelProgress[] = [];
  await session.models.add({ folder: tiny() }, signal(), (step) => steps.push(step));
  expect(steps.at(-1)).toMatchObject({ step: 'compiling' });
  const { models } = await session.models.list();
  expect(models.map(({ name, completes }) => [name, completes])).toEqual([
    ['striped-code', true],
    ['tiny', true],
  ]);
  await session.setSettings({ ...settings, threads: 2 });
  await session.warmUp();
  expect(session.status().model).toMatchObject({ name: 'tiny', state: 'ready' });
});

test('a model that cannot be run is refused by what describes it alone', async () => {
  session.models.check(tiny());
  writeFileSync(path.join(tiny(), 'config.json'), '{"model_type": "gpt_9"}');
  expect(() => session.models.check(tiny())).toThrow(/"gpt_9" are not supported/);
});

test('adding can be given up', async () => {
  const abort = new AbortController();
  abort.abort();
  await expect(session.models.add({ folder: tiny() }, abort.signal, nothing)).rejects.toThrow(CancelledError);
  expect((await session.models.list()).models).toHaveLength(1);
});

test('a model that CPU and GPU read in turn needs memory for its weights twice', async () => {
  const needed = async () => {
    const [{ memoryBytes, weightBytes }] = (await session.models.list()).models as [InstalledModel];
    return { memory: memoryBytes!, weights: weightBytes! };
  };
  const onCpu = await needed();
  for (const [provider, more] of [
    ['webgpu', 0],
    ['mixed', onCpu.weights],
  ] as const) {
    await session.setSettings({ ...settings, provider });
    const { memory } = await needed();
    expect(memory).toBe(onCpu.memory + more);
  }
});
