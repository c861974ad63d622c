/**
 * Run by run.ts in an environment with an adapter: models of which the CPU writes and the GPU reads long texts, in the engine's worker
 * thread, beside the CPU alone; and one whose GPU goes in the middle. Prints one JSON array.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeviceReader } from '../../runtime/inference/device-reader';
import { Priority, type LanguageModel, type ModelState } from '../../runtime/inference/language-model';
import { loadLanguageModel, type LoadOptions } from '../../runtime/inference/load';
import { LocalBackend } from '../../runtime/inference/local-backend';
import { MixedBackend } from '../../runtime/inference/mixed-backend';
import { prepareBareModel } from '../../runtime/models/model-folder';
import { seededRandom } from '../../runtime/models/seeded-random';
import { messageOf } from '../../runtime/protocol/errors';
import { root } from '../../scripts/lib/paths.mjs';
import { fixtures } from '../unit/fixtures/model-folder';
import { writeRandomModel } from '../unit/fixtures/random-folder';
import { readModelJson } from '../../runtime/models/manifest';

export interface MixedCheck {
  name: string;
  ok: boolean;
  found: string;
}

/** A window that fills, no attention, attention over everything, long convolutions. */
const models = ['striped', 'mamba2', 'llama', 'stripedhyena'];
const work = { priority: Priority.Completion };
const vocabulary = 320;
const random = seededRandom(5);
const ids = Array.from({ length: 1040 }, () => Math.floor(random() * 300));
const greedy = { kind: 'token', choice: { temperature: 0, topP: 1, random: 0 } } as const;

async function decoded(model: LanguageModel, state: ModelState): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { id } of model.decode(state, [5], { ...work, maxTokens: 8 })) tokens.push(id);
  return tokens;
}

/** Tokens after reading in parts, of a fork that was left on the way, of a saved state, and after reading on behind what was written. */
async function written(model: LanguageModel): Promise<number[][]> {
  const state = await model.create();
  await model.read(state, ids.slice(0, 520), work);
  const fork = await model.fork(state);
  await model.read(state, ids.slice(520, 800), work);
  const back = await model.importState(structuredClone(await model.exportState(state, work)), work);
  const tokens = [];
  for (const each of [state, fork, back]) tokens.push(await decoded(model, each));
  await model.read(state, ids.slice(0, 512), work);
  tokens.push(await decoded(model, state));
  const prompted = await model.create();
  for await (const { id } of model.decode(prompted, ids.slice(0, 520), { ...work, maxTokens: 4 }))
    tokens[0]!.push(id);
  for (const each of [state, fork, back, prompted]) model.release(each);
  return tokens;
}

async function besideCpu(name: string, options: LoadOptions): Promise<MixedCheck> {
  const results: Record<string, number[][]> = {};
  let found = '';
  for (const provider of ['cpu', 'mixed'] as const) {
    const workerPath = path.join(root, 'dist', 'inference-worker.js');
    const model = await loadLanguageModel({ ...options, provider, workerPath });
    try {
      await model.openDevice();
      results[provider] = await written(model);
      found = model.info.fallback ?? `${model.info.provider}: ${JSON.stringify(results[provider])}`;
    } finally {
      await model.dispose();
    }
  }
  const same = JSON.stringify(results.cpu) === JSON.stringify(results.mixed);
  return {
    name: `${name}, read on the GPU and written on the CPU`,
    ok: same && found.startsWith('mixed'),
    found,
  };
}

/** The adapter goes after 520 tokens of 1,040; what it had read was not yet in main memory. */
async function lost(name: string, options: LoadOptions): Promise<MixedCheck> {
  const prepared = async (provider: 'cpu' | 'webgpu') => {
    const { graphPath, states, key } = await prepareBareModel({ ...options, provider });
    return { graphPath, states, key, provider, precision: 'float32', threads: 2 } as const;
  };
  const cpu = await prepared('cpu');
  const alone = await LocalBackend.open(cpu);
  let reader: DeviceReader | undefined;
  const open = async (...args: Parameters<typeof DeviceReader.open>) =>
    (reader = await DeviceReader.open(...args));
  const mixed = new MixedBackend(await LocalBackend.open(cpu), open);
  try {
    await mixed.openDevice(await prepared('webgpu'));
    for (const backend of [mixed, alone]) backend.create(1);
    await mixed.run(1, ids.slice(0, 520), { kind: 'nothing' }, true);
    await reader!.close();
    const { tokens, deviceLost } = await mixed.run(1, ids.slice(520), greedy, true);
    await alone.run(1, ids.slice(0, 976), { kind: 'nothing' });
    const expected = (await alone.run(1, ids.slice(976), greedy)).tokens;
    const same = tokens![0]!.id === expected![0]!.id;
    const found = deviceLost ?? 'not lost';
    return { name: `${name}, with an adapter that is lost`, ok: same && /adapter failed/.test(found), found };
  } finally {
    await mixed.close();
    await alone.close();
  }
}

async function main(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'longview-webgpu-'));
  const checks: MixedCheck[] = [];
  try {
    for (const name of models) {
      const folder = path.join(work, name);
      writeRandomModel(folder, {
        ...(readModelJson(fixtures, `${name}.config.json`) as object),
        vocab_size: vocabulary,
      });
      const cacheFolder = path.join(work, 'cache');
      const options = { folder, cacheFolder, precision: 'float32', prepare: prepareBareModel } as const;
      for (const check of name === 'striped' ? [besideCpu, lost] : [besideCpu])
        checks.push(
          await check(name, options).catch((error: unknown) => ({
            name,
            ok: false,
            found: messageOf(error),
          })),
        );
    }
    console.log(JSON.stringify(checks));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

void main();
