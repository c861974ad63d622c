import { existsSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { findAssets } from '../../../../runtime/engine/assets';
import { Engine } from '../../../../runtime/engine/engine';
import type { Session } from '../../../../runtime/engine/session';
import { temporaryFolder, writeTinyModel } from '../../fixtures/model-folder';

const folder = temporaryFolder();
const model = path.join(folder.path, 'model');
const dataFolder = path.join(folder.path, 'data');
// Beside node_modules, as the bundle finds the native runtime from where it lies.
const probePath = path.join(import.meta.dirname, '../../../../.cache/test/provider-probe.js');
let engine: Engine;

beforeAll(async () => {
  writeTinyModel(model);
  // No driver, whatever this machine has.
  vi.stubEnv('VK_DRIVER_FILES', path.join(folder.path, 'none.json'));
  vi.stubEnv('VK_ICD_FILENAMES', path.join(folder.path, 'none.json'));
  await build({
    entryPoints: [path.join(import.meta.dirname, '../../../../runtime/engine/providers/main.ts')],
    outfile: probePath,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  engine = new Engine(dataFolder, { ...findAssets(__dirname), workerPath: undefined, probePath });
});

afterAll(async () => {
  await engine.dispose();
  vi.unstubAllEnvs();
  folder.remove();
});

function open(): Promise<Session> {
  return engine.open(
    {
      dataFolder,
      modelsFolder: folder.path,
      workspaceFolders: [],
      settings: {
        completionModel: model,
        provider: 'auto',
        memoryLimit: 1024,
        threads: 1,
        indexEnabled: false,
        backgroundReading: 'off',
        excludeGlobs: [],
      },
    },
    () => undefined,
  );
}

const providers = async (session: Session) =>
  (await session.doctor()).sections.find(({ title }) => title === 'Providers')!.items;

it.runIf(process.platform === 'linux')(
  'an engine whose machine has no adapter says so, keeps it, and stays on the CPU',
  async () => {
    const session = await open();
    expect((await providers(session)).map(({ title }) => title)).toEqual(['In use', 'Others']);
    const steps: string[] = [];
    await session.probeProviders(undefined, ({ step }) => steps.push(step));
    expect(steps).toContain('Looking for WebGPU');
    const found = await providers(session);
    expect(found.map(({ title }) => title)).toEqual(['In use', 'WebGPU', 'CUDA']);
    expect(found[1]!.advice).toMatch(/No graphics adapter|no WebGPU for this platform/);
    expect(session.status().model).toMatchObject({
      provider: 'cpu',
      providerReason: expect.any(String) as string,
    });
    expect(existsSync(path.join(dataFolder, 'cache', 'providers.json'))).toBe(true);
    await session.clearData();
    expect((await providers(session)).map(({ title }) => title)).toEqual(['In use', 'Others']);
  },
);
