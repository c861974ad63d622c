/**
 * Run by run.ts in an environment with or without an adapter: a tiny model in the engine's worker thread, loaded for the GPU.
 * Prints what it gives beside what it gives on the CPU, as JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Provider } from '../../runtime/graph/context';
import { Priority, type LanguageModel, type ModelState } from '../../runtime/inference/language-model';
import { loadLanguageModel } from '../../runtime/inference/load';
import { root } from '../../scripts/lib/paths.mjs';
import { writeTinyModel } from '../unit/fixtures/model-folder';

export interface Written {
  provider: string;
  fallback?: string;
  /** Greedy tokens after reading; of a fork; of a saved state. */
  tokens: number[][];
  scores: number[];
}

const work = { priority: Priority.Completion };
/** One block that is read in chunks, and some more. */
const ids = Array.from({ length: 530 }, (_, i) => (i * 29 + 13) % 120);

async function decoded(model: LanguageModel, state: ModelState): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { id } of model.decode(state, [5], { ...work, maxTokens: 8 })) tokens.push(id);
  return tokens;
}

async function written(folder: string, provider: Provider): Promise<Written> {
  const model = await loadLanguageModel({
    folder: path.join(folder, 'model'),
    cacheFolder: path.join(folder, 'cache'),
    precision: 'float32',
    provider,
    fallBack: true,
    workerPath: path.join(root, 'dist', 'inference-worker.js'),
  });
  try {
    const state = await model.create();
    await model.read(state, ids, work);
    const fork = await model.fork(state);
    const saved = await model.exportState(state, work);
    const tokens = [await decoded(model, state), await decoded(model, fork)];
    model.release(state);
    const back = await model.importState(structuredClone(saved), work);
    tokens.push(await decoded(model, back));
    const scores = await model.score(fork, ids.slice(0, 6), work);
    const { fallback } = model.info;
    return { provider: model.info.provider, ...(fallback && { fallback }), tokens, scores: [...scores] };
  } finally {
    await model.dispose();
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-webgpu-'));
  try {
    writeTinyModel(path.join(folder, 'model'), { stop: [] });
    const both = { gpu: await written(folder, 'webgpu'), cpu: await written(folder, 'cpu') };
    console.log(JSON.stringify(both));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
