import { existsSync, readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';
import { describeFolder, Library } from '../library/library';
import { copiesOfWeights } from '../models/compile';
import type { EngineSettings } from '../protocol/engine';
import type { InstalledModel, ModelOffers } from '../protocol/models';
import type { DataFolder } from './data-folder';
import { decodingSpeeds } from './decoding-speed';

/** The models that can be chosen: the embedded ones first, then those that were added. */
export async function listModels(
  data: DataFolder,
  modelsFolder: string,
  { memoryLimit, provider }: Pick<EngineSettings, 'memoryLimit' | 'provider'>,
): Promise<ModelOffers> {
  const speeds = await decodingSpeeds(data.cache);
  const all = [...(await embeddedModels(modelsFolder, data.cache)), ...(await new Library(data.root).list())];
  // What is chosen by itself starts on the CPU.
  const copies = copiesOfWeights[provider === 'auto' ? 'cpu' : provider];
  const models = all.map((model) => ({
    ...heldBy(copies, model),
    ...(Object.hasOwn(speeds, model.name) && { msPerToken: speeds[model.name]! }),
  }));
  return { models, memoryLimitMB: memoryLimit, machineMemoryBytes: totalmem() };
}

function heldBy(copies: number, model: InstalledModel): InstalledModel {
  const { memoryBytes, weightBytes = 0 } = model;
  return memoryBytes === undefined
    ? model
    : { ...model, memoryBytes: memoryBytes + (copies - 1) * weightBytes };
}

function embeddedModels(modelsFolder: string, cacheFolder: string) {
  const folders = existsSync(modelsFolder)
    ? readdirSync(modelsFolder).map((name) => path.join(modelsFolder, name))
    : [];
  const models = folders.filter((folder) => existsSync(path.join(folder, 'config.json')));
  return Promise.all(models.map((folder) => describeFolder(folder, cacheFolder)));
}
