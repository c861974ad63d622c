import { describeModel } from '../architectures';
import type { ModelDescription } from '../graph/layers';
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
import { transformerLike } from './transformer-like';

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
export function prepareRandomModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder: name } = options;
  return prepareRandom(options, name, randomModel(name));
}

/**
 * The same of a Transformer of `other`'s size: what it costs to keep every token instead of a state.
 * @param options `folder` is what it is called
 */
export function prepareTransformerLike(
  options: PrepareOptions,
  other: ModelDescription,
): Promise<ReadyModel> {
  const config = transformerLike(other);
  const description = describeModel(config);
  const checkpoint = randomCheckpoint(description, seed);
  return prepareRandom(options, JSON.stringify(config), { description, checkpoint });
}

/** @param shape names the shape among all others */
async function prepareRandom(
  options: PrepareOptions,
  shape: string,
  { description, checkpoint }: ReturnType<typeof randomModel>,
): Promise<ReadyModel> {
  const { folder: name, cacheFolder, provider = 'cpu', onLog = () => undefined } = options;
  const { precision = usualPrecision[provider] } = options;
  const source = `${shape} ${seed}`;
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
