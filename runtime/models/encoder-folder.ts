import { describeEncoder } from '../architectures';
import type { EncoderDescription } from '../graph/encoder-layers';
import { graphVersion } from '../graph/model-graph';
import type { Precision } from '../graph/precision';
import { Checksums } from './checksums';
import { checksumsFile, compiledInCache, sourceFiles, type PrepareOptions } from './compiled-cache';
import { readModelJson } from './manifest';

const encoderPrecision: Precision = 'w8u';

/** Makes an encoder ready: config.json and weights are all that it needs; its tokeniser is the caller's. */
export async function prepareEncoder(
  options: PrepareOptions,
): Promise<{ description: EncoderDescription; graphPath: string }> {
  const { folder, cacheFolder, precision = encoderPrecision, onLog = () => undefined } = options;
  const description = describeEncoder(readModelJson(folder, 'config.json'));
  const source = await new Checksums(checksumsFile(cacheFolder)).ofAll(folder, sourceFiles(folder));
  const compiled = await compiledInCache({ ...options, description, source, precision, onLog });
  return { description, graphPath: compiled.graphPath };
}

/**
 * Names all that an encoder's vectors depend on: weights, config, tokeniser, graph and precision. Reads only what was never
 * read before.
 * @throws UserError where the folder holds no encoder, or a file of it is missing
 */
export async function encoderKey({
  folder,
  cacheFolder,
  precision = encoderPrecision,
}: PrepareOptions): Promise<string> {
  describeEncoder(readModelJson(folder, 'config.json'));
  const files = [...sourceFiles(folder), 'tokenizer.json'];
  const source = await new Checksums(checksumsFile(cacheFolder)).ofAll(folder, files);
  return `${source.slice(0, 16)}-${graphVersion}-${precision}`;
}
