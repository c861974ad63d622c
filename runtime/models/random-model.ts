import { describeModel } from '../architectures';
import { UserError } from '../protocol/errors';
import type { ModelDescription } from '../graph/layers';
import type { Checkpoint } from './checkpoint';
import { compiledInCache, usualPrecision, type PrepareOptions } from './compiled-cache';
import { bareModel, type ReadyModel } from './model-folder';
import { randomShapes } from './random-shapes';
import { drawnCheckpoint, randomCheckpoint } from './random-weights';
import { transformerLike } from './transformer-like';

const scheme = 'random:';
/** Behind a shape's name: the Transformer of its size, what it costs to keep every token instead of a state. */
const ofTransformer = '.transformer';

const seed = 1;

export function isRandomModel(name: string): boolean {
  return name.startsWith(scheme);
}

/** `config.json` of `random:SHAPE` or `random:SHAPE.transformer`. @throws UserError where no such shape is known */
export function randomConfig(name: string): object {
  if (name.endsWith(ofTransformer))
    return transformerLike(describeModel(randomConfig(name.slice(0, -ofTransformer.length))));
  const shape = name.slice(scheme.length);
  if (isRandomModel(name) && Object.hasOwn(randomShapes, shape)) return randomShapes[shape]!;
  const known = Object.keys(randomShapes).map((each) => scheme + each);
  throw new UserError(
    `There is no model ${name}. Random models are: ${known.join(', ')}; with ${ofTransformer} behind it, a Transformer of that size.`,
  );
}

/** The description and the weights of a random model. @throws UserError where it is not known */
export function randomModel(name: string): { description: ModelDescription; checkpoint: Checkpoint } {
  const description = describeModel(randomConfig(name));
  return { description, checkpoint: randomCheckpoint(description, seed) };
}

/**
 * Makes a model with random weights ready, for measurements of speed alone: compiled like any other, and kept in the cache.
 * Quantised matrices are drawn as they are stored.
 * @param options `folder` is its name, `random:SHAPE`
 */
export function prepareRandomModel(options: PrepareOptions): Promise<ReadyModel> {
  return prepareDrawn(options, randomConfig(options.folder));
}

/** The same with the weights of `randomModel`, quantised: for comparisons with other programs that are given them. */
export function prepareQuantisedModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder: name } = options;
  return prepare(options, `${name} ${seed}`, randomModel(name));
}

/**
 * A random Transformer of `other`'s size.
 * @param options `folder` is what it is called
 */
export function prepareTransformerLike(
  options: PrepareOptions,
  other: ModelDescription,
): Promise<ReadyModel> {
  return prepareDrawn(options, transformerLike(other));
}

function prepareDrawn(options: PrepareOptions, config: object): Promise<ReadyModel> {
  const description = describeModel(config);
  const checkpoint = drawnCheckpoint(description, seed);
  return prepare(options, `${JSON.stringify(config)} drawn ${seed}`, { description, checkpoint });
}

/** @param source names the weights among all others */
async function prepare(
  options: PrepareOptions,
  source: string,
  { description, checkpoint }: ReturnType<typeof randomModel>,
): Promise<ReadyModel> {
  const { folder: name, cacheFolder, provider = 'cpu', onLog = () => undefined } = options;
  const { precision = usualPrecision[provider] } = options;
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
