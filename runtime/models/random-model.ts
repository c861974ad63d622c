import { describeModel } from '../architectures';
import { UserError } from '../protocol/errors';
import {
  bareModel,
  compiledInCache,
  usualPrecision,
  type PrepareOptions,
  type ReadyModel,
} from './model-folder';
import { randomShapes } from './random-shapes';
import { randomCheckpoint } from './random-weights';

const scheme = 'random:';

const seed = 1;

export function isRandomModel(name: string): boolean {
  return name.startsWith(scheme);
}

/** The description and the weights of `random:SHAPE`. @throws UserError where no such shape is known */
export function randomModel(name: string) {
  const shape = name.slice(scheme.length);
  if (!isRandomModel(name) || !Object.hasOwn(randomShapes, shape)) {
    const known = Object.keys(randomShapes).map((each) => scheme + each);
    throw new UserError(`There is no model ${name}. Random models are: ${known.join(', ')}.`);
  }
  const description = describeModel(randomShapes[shape]);
  return { description, checkpoint: randomCheckpoint(description, seed) };
}

/**
 * Makes a model with random weights ready, for measurements alone: compiled like any other, and kept in the cache.
 * @param options `folder` is its name, `random:SHAPE`
 */
export async function prepareRandomModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder: name, cacheFolder, provider = 'cpu', onLog = () => undefined } = options;
  const { precision = usualPrecision[provider] } = options;
  const { description, checkpoint } = randomModel(name);
  const source = `${name} ${seed}`;
  const compiled = await compiledInCache({
    folder: name,
    description,
    source,
    cacheFolder,
    precision,
    provider,
    onLog,
    checkpoint,
  });
  return bareModel(name, name, description, { precision, provider }, source, compiled);
}
