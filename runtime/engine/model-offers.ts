import { existsSync, readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';
import { describeFolder, Library } from '../library/library';
import type { ModelOffers } from '../protocol/models';
import type { DataFolder } from './data-folder';
import { decodingSpeeds } from './decoding-speed';

/** The models that can be chosen: the embedded ones first, then those that were added. */
export async function listModels(
  data: DataFolder,
  modelsFolder: string,
  memoryLimitMB: number,
): Promise<ModelOffers> {
  const speeds = await decodingSpeeds(data.cache);
  const all = [...(await embeddedModels(modelsFolder, data.cache)), ...(await new Library(data.root).list())];
  const models = all.map((model) =>
    Object.hasOwn(speeds, model.name) ? { ...model, msPerToken: speeds[model.name]! } : model,
  );
  return { models, memoryLimitMB, machineMemoryBytes: totalmem() };
}

function embeddedModels(modelsFolder: string, cacheFolder: string) {
  const folders = existsSync(modelsFolder)
    ? readdirSync(modelsFolder).map((name) => path.join(modelsFolder, name))
    : [];
  const models = folders.filter((folder) => existsSync(path.join(folder, 'config.json')));
  return Promise.all(models.map((folder) => describeFolder(folder, cacheFolder)));
}
