import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { modelsFolderName } from '../protocol/models';

/** A name is a folder of the embedded models or of those that were added; an absolute path is a folder of the user's. */
export function modelFolder(name: string, modelsFolder: string, dataFolder: string): string {
  if (path.isAbsolute(name)) return name;
  const embedded = path.join(modelsFolder, name);
  const added = path.join(dataFolder, modelsFolderName, name);
  return !existsSync(embedded) && existsSync(added) ? added : embedded;
}

/** @param setting 0 = half the cores, but two where there are two: a second thread reads 1.4 times as fast */
export function threadsOf(setting: number, cores = availableParallelism()): number {
  return setting || Math.max(Math.min(2, cores), Math.floor(cores / 2));
}

/** What the model's folder says of itself; a folder that cannot be read is explained when it is loaded. */
export function declaredLanguages(folder: string): string[] {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'longview.json'), 'utf8')) as {
      languages?: unknown;
    };
    return Array.isArray(manifest.languages) ? manifest.languages.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
