import { availableParallelism } from 'node:os';
import path from 'node:path';
import { describeModel } from '../architectures';
import { findAssets, findRoot } from '../engine/assets';
import { modelFolder } from '../engine/model-choice';
import { loadLanguageModel } from '../inference/load';
import type { LanguageModel } from '../inference/language-model';
import { readModelJson } from '../models/manifest';
import { prepareBareModel, type PrepareOptions, type ReadyModel } from '../models/model-folder';
import {
  isRandomModel,
  prepareRandomModel,
  prepareTransformerLike,
  randomModel,
} from '../models/random-model';
import { immediateScheduler } from '../inference/scheduling';
import { UserError } from '../protocol/errors';
import { defaultDataFolder } from './data-folder';
import { modelOf, precisionOf } from './local-engine';
import { note } from './output';
import { oneOf, wholeNumber, type CommonValues } from './options';

interface ModelValues extends CommonValues {
  precision?: string;
  provider?: string;
}

/** Runs `job` with a model alone: for measurements of the model itself. */
export async function withModel<T>(
  values: ModelValues,
  job: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  const { folder, prepare } = chosen(values);
  return withLoaded(values, folder, prepare, job);
}

/** The same with a random Transformer of the model's size beside it, which runs in the same way. */
export async function withModelAndTransformer<T>(
  values: ModelValues,
  job: (model: LanguageModel, transformer: LanguageModel) => Promise<T>,
): Promise<T> {
  const { folder, prepare, describe } = chosen(values);
  const other = describe();
  const transformer = (options: PrepareOptions) => prepareTransformerLike(options, other);
  return withLoaded(values, folder, prepare, (model) =>
    withLoaded(values, `a Transformer of the size of ${model.info.name}`, transformer, (baseline) =>
      job(model, baseline),
    ),
  );
}

function chosen(values: CommonValues) {
  const name = modelOf(values.model);
  if (isRandomModel(name))
    return { folder: name, prepare: prepareRandomModel, describe: () => randomModel(name).description };
  const models = path.join(findRoot(__dirname), 'runtime', 'models');
  const folder = modelFolder(name, models, values.data ?? defaultDataFolder());
  const describe = () => describeModel(readModelJson(folder, 'config.json'));
  return { folder, prepare: prepareBareModel, describe };
}

async function withLoaded<T>(
  values: ModelValues,
  folder: string,
  prepare: (options: PrepareOptions) => Promise<ReadyModel>,
  job: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  const model = await loadLanguageModel({
    folder,
    prepare,
    cacheFolder: path.join(values.data ?? defaultDataFolder(), 'cache'),
    precision: precisionOf(values.precision),
    provider: oneOf('provider', values.provider, ['cpu', 'webgpu', 'mixed'], 'cpu'),
    threads: wholeNumber('threads', values.threads, Math.min(2, availableParallelism()), 1),
    scheduler: immediateScheduler,
    workerPath: findAssets(__dirname).workerPath,
    onLog: note,
  });
  try {
    await model.openDevice();
    requireNoFallback(model);
    const result = await job(model);
    requireNoFallback(model);
    return result;
  } finally {
    await model.dispose();
  }
}

/** What is measured is what was asked for. */
function requireNoFallback({ info }: LanguageModel): void {
  if (info.fallback !== undefined) throw new UserError(info.fallback);
}
