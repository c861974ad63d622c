import { availableParallelism } from 'node:os';
import path from 'node:path';
import { findAssets, findRoot } from '../engine/assets';
import { modelFolder } from '../engine/model-choice';
import { loadLanguageModel } from '../inference/load';
import type { LanguageModel } from '../inference/language-model';
import { prepareBareModel } from '../models/model-folder';
import { isRandomModel, prepareRandomModel } from '../models/random-model';
import { immediateScheduler } from '../inference/scheduling';
import { defaultDataFolder } from './data-folder';
import { modelOf, precisionOf } from './local-engine';
import { note } from './output';
import { oneOf, wholeNumber, type CommonValues } from './options';

/** Runs `job` with a model alone: for measurements of the model itself. */
export async function withModel<T>(
  values: CommonValues & { precision?: string; provider?: string },
  job: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  const name = modelOf(values.model);
  const random = isRandomModel(name);
  const dataFolder = values.data ?? defaultDataFolder();
  const folder = random
    ? name
    : modelFolder(name, path.join(findRoot(__dirname), 'runtime', 'models'), dataFolder);
  const model = await loadLanguageModel({
    folder,
    prepare: random ? prepareRandomModel : prepareBareModel,
    cacheFolder: path.join(dataFolder, 'cache'),
    precision: precisionOf(values.precision),
    provider: oneOf('provider', values.provider, ['cpu', 'webgpu'], 'cpu'),
    threads: wholeNumber('threads', values.threads, Math.min(2, availableParallelism()), 1),
    scheduler: immediateScheduler,
    workerPath: findAssets(__dirname).workerPath,
    onLog: note,
  });
  try {
    return await job(model);
  } finally {
    await model.dispose();
  }
}
