import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describeEncoder, describeModel, type Described } from '../architectures';
import type { EncoderDescription } from '../graph/encoder-layers';
import type { ModelDescription } from '../graph/layers';
import { graphVersion } from '../graph/model-graph';
import type { Precision } from '../graph/precision';
import type { StateLayout } from '../graph/states';
import { UserError } from '../protocol/errors';
import { Checksums } from './checksums';
import {
  checkCompiled,
  graphFile,
  isCompiled,
  planCompilation,
  weightsFile,
  writeCompiled,
  type CompilationPlan,
} from './compile';
import { bareManifest, manifestFile, readManifest, readModelJson, type Manifest } from './manifest';
import { SafetensorsFile, type Checkpoint } from './safetensors';

/** A model ready to be run: graph and weights lie on disk in the form asked for. */
export interface ReadyModel {
  folder: string;
  manifest: Manifest;
  description: ModelDescription;
  states: StateLayout;
  precision: Precision;
  /** The ONNX graph, its weights beside it. */
  graphPath: string;
  weightBytes: number;
  /** Content of tokenizer.json; absent where the model is only measured. */
  tokenizer?: unknown;
  /** Names weights, graph and precision: states made under another key do not fit. */
  key: string;
  /** Settles when every file has been compared with its checksum. Rejects with a UserError that names a damaged one. */
  verified: Promise<void>;
}

export interface PrepareOptions {
  /** Model folder: config.json, tokenizer.json, longview.json and weights. */
  folder: string;
  /** Where compiled models and remembered checksums are kept. */
  cacheFolder: string;
  /** Default: the folder's own where it is compiled, else `w8u`. */
  precision?: Precision;
  onLog?: (message: string) => void;
}

/**
 * Checks a model folder and makes it ready: a compiled folder is used as it is, other weights are compiled into the
 * cache once. A compiled folder can be loaded while its checksums are still being compared: await `verified` before
 * anything that was computed with it is used.
 * @throws UserError where something is missing, damaged, or does not fit
 */
export async function prepareModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder, cacheFolder, onLog = () => undefined } = options;
  const manifest = readManifest(folder);
  const description = describeModel(readModelJson(folder, 'config.json'));
  const tokenizer = readModelJson(folder, 'tokenizer.json');
  checkIds(manifest, description, folder);
  const checksums = new Checksums(path.join(cacheFolder, 'checksums.json'));
  const verified = checksums.verify(folder, manifest.sha256);
  // Whoever loads the model awaits it; a failure before that must not count as unheard.
  verified.catch(() => undefined);
  // Nothing is compiled from damaged weights.
  if (!manifest.compiled) await verified;
  const weightsSum = manifest.sha256[weightsFile] ?? (await checksums.of(path.join(folder, weightsFile)));
  const precision = options.precision ?? manifest.compiled?.precision ?? 'w8u';
  const compiled = manifest.compiled
    ? checkedCompiledFolder(folder, manifest.compiled, precision, description)
    : compiledInCache({ folder, description, source: weightsSum, cacheFolder, precision, onLog });
  const key = keyOf(weightsSum, precision);
  return { folder, manifest, description, precision, tokenizer, key, verified, ...compiled };
}

/**
 * Makes a model ready that is only measured: it may be without longview.json and tokenizer.json, and is then read and
 * decoded token by token, but completes nothing.
 * @throws UserError where config.json or weights are missing or do not fit
 */
export async function prepareBareModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder, cacheFolder, precision = 'w8u', onLog = () => undefined } = options;
  if (existsSync(path.join(folder, manifestFile))) return prepareModel(options);
  const description = describeModel(readModelJson(folder, 'config.json'));
  const checksums = new Checksums(path.join(cacheFolder, 'checksums.json'));
  const source = await checksums.of(path.join(folder, weightsFile));
  const compiled = compiledInCache({ folder, description, source, cacheFolder, precision, onLog });
  return bareModel(path.basename(folder), folder, description, precision, source, compiled);
}

/** Makes an encoder ready: config.json and weights are all that it needs; its tokeniser is the caller's. */
export async function prepareEncoder(
  options: PrepareOptions,
): Promise<{ description: EncoderDescription; graphPath: string }> {
  const { folder, cacheFolder, precision = 'w8u', onLog = () => undefined } = options;
  const description = describeEncoder(readModelJson(folder, 'config.json'));
  const checksums = new Checksums(path.join(cacheFolder, 'checksums.json'));
  const source = await checksums.of(path.join(folder, weightsFile));
  const { graphPath } = compiledInCache({ folder, description, source, cacheFolder, precision, onLog });
  return { description, graphPath };
}

export function bareModel(
  name: string,
  folder: string,
  description: ModelDescription,
  precision: Precision,
  source: string,
  compiled: CompiledModel,
): ReadyModel {
  const key = keyOf(source, precision);
  const verified = Promise.resolve();
  return { folder, manifest: bareManifest(name), description, precision, key, verified, ...compiled };
}

export type CompiledModel = Pick<ReadyModel, 'states' | 'graphPath' | 'weightBytes'>;

function compiledModel(folder: string, { states }: CompilationPlan): CompiledModel {
  const weightBytes = statSync(path.join(folder, weightsFile)).size;
  return { states, graphPath: path.join(folder, graphFile), weightBytes };
}

function keyOf(weightsSum: string, precision: Precision): string {
  return createHash('sha256').update(`${weightsSum} ${graphVersion} ${precision}`).digest('hex').slice(0, 32);
}

function checkedCompiledFolder(
  folder: string,
  compiled: NonNullable<Manifest['compiled']>,
  precision: Precision,
  description: ModelDescription,
): CompiledModel {
  if (compiled.precision !== precision)
    throw new UserError(
      `The model in ${folder} is stored as ${compiled.precision}; ${precision} cannot be made from it. ` +
        'Leave the precision out, or name a folder with the original weights.',
    );
  const file = SafetensorsFile.open(path.join(folder, weightsFile));
  file.close();
  const plan = planCompilation(description, precision, file.metadata.source ?? '');
  checkCompiled(folder, plan);
  return compiledModel(folder, plan);
}

export interface CacheOptions {
  /** Folder of the weights, or the name of what needs none. */
  folder: string;
  description: Described;
  /** Names the weights. */
  source: string;
  cacheFolder: string;
  precision: Precision;
  onLog: (message: string) => void;
  /** Default: the folder's weights. */
  checkpoint?: Checkpoint;
}

/** Compiles into the cache what does not lie there yet. */
export function compiledInCache(options: CacheOptions): CompiledModel {
  const { folder, description, source, cacheFolder, precision, onLog } = options;
  const target = path.join(cacheFolder, 'compiled', keyOf(source, precision));
  const plan = planCompilation(description, precision, source);
  if (isCompiled(target, plan)) return compiledModel(target, plan);
  onLog(`Compiling ${folder} as ${precision}`);
  const file = options.checkpoint ? undefined : SafetensorsFile.open(path.join(folder, weightsFile));
  try {
    writeCompiled(target, plan, description, options.checkpoint ?? file!);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The compiled model cannot be written to ${cacheFolder} (${(error as Error).message}). ` +
        'Free some space there or check its permissions.',
      { cause: error },
    );
  } finally {
    file?.close();
  }
  return compiledModel(target, plan);
}

function checkIds({ specialTokens, stop }: Manifest, { vocabulary }: ModelDescription, folder: string): void {
  for (const id of [...Object.values(specialTokens), ...stop])
    if (id >= vocabulary)
      throw new UserError(
        `${path.join(folder, 'longview.json')} names the token ${id}, but the model has ${vocabulary}. Download the model again.`,
      );
}
