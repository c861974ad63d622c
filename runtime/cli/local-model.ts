import { availableParallelism } from 'node:os';
import path from 'node:path';
import { describeModel } from '../architectures';
import { findAssets, findRoot } from '../engine/assets';
import { modelFolder } from '../engine/model-choice';
import type { Provider } from '../graph/context';
import type { ModelDescription } from '../graph/layers';
import { loadLanguageModel } from '../inference/load';
import type { LanguageModel } from '../inference/language-model';
import { readModelJson } from '../models/manifest';
import type { PrepareOptions } from '../models/compiled-cache';
import { prepareBareModel, type ReadyModel } from '../models/model-folder';
import {
  isRandomModel,
  prepareRandomModel,
  prepareTransformerLike,
  randomModel,
} from '../models/random-model';
import { transformerLike } from '../models/transformer-like';
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

/** What the model is made of, and a Transformer of its size; no weights are needed. */
export function describedModels(values: CommonValues): {
  model: ModelDescription;
  transformer: ModelDescription;
} {
  const model = chosen(values).describe();
  return { model, transformer: describeModel(transformerLike(model)) };
}

/** Makes the model ready to be run by whoever opens its graph. */
export function preparedModel(values: ModelValues): Promise<ReadyModel> {
  const { folder, prepare } = chosen(values);
  return prepare({ folder, onLog: note, ...placeOf(values), provider: providerOf(values) });
}

/** Of what is measured of one graph. */
export const providerOf = (values: ModelValues): Provider =>
  oneOf('provider', values.provider, ['cpu', 'webgpu'], 'cpu');
/** Of what is measured of a model. */
export const loadableOf = (values: ModelValues) =>
  oneOf('provider', values.provider, ['cpu', 'webgpu', 'mixed'], 'cpu');
export const threadsOf = (values: ModelValues): number =>
  wholeNumber('threads', values.threads, Math.min(2, availableParallelism()), 1);

function placeOf(values: ModelValues) {
  return {
    cacheFolder: path.join(values.data ?? defaultDataFolder(), 'cache'),
    precision: precisionOf(values.precision),
  };
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
    ...placeOf(values),
    provider: loadableOf(values),
    threads: threadsOf(values),
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
