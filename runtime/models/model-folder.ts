import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describeEncoder, describeModel, type Described } from '../architectures';
import type { Provider } from '../graph/context';
import type { EncoderDescription } from '../graph/encoder-layers';
import type { ModelDescription } from '../graph/layers';
import { graphVersion } from '../graph/model-graph';
import type { Precision } from '../graph/precision';
import type { StateLayout } from '../graph/states';
import { setImmediate as rest } from 'node:timers/promises';
import { UserError, isCancelled, throwIfAborted } from '../protocol/errors';
import { openCheckpoint, weightFiles, type Checkpoint } from './checkpoint';
import { Checksums } from './checksums';
import {
  checkCompiled,
  graphFile,
  isCompiled,
  planCompilation,
  weightsFile,
  compilingSteps,
  type CompilationPlan,
} from './compile';
import { openStored } from './stored-weights';
import { bareManifest, manifestFile, readManifest, readModelJson, type Manifest } from './manifest';
import { SafetensorsFile } from './safetensors';

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
  /** Default: the folder's own where it is compiled, else `w8u`; on WebGPU `int8`. */
  precision?: Precision;
  /** Default: cpu. What the graph is built for. */
  provider?: Provider;
  onLog?: (message: string) => void;
  /** Bytes of compiled weights written so far, and in all. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Checks a model folder and makes it ready: a compiled folder is used as it is, other weights are compiled into the
 * cache once. A compiled folder can be loaded while its checksums are still being compared: await `verified` before
 * anything that was computed with it is used.
 * @throws UserError where something is missing, damaged, or does not fit
 */
export async function prepareModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder, cacheFolder, provider = 'cpu', onLog = () => undefined, onProgress, signal } = options;
  // An encoder comes without longview.json, and what it is says more than that.
  const description = describeModel(readModelJson(folder, 'config.json'));
  const manifest = readManifest(folder);
  const tokenizer = readModelJson(folder, 'tokenizer.json');
  checkIds(manifest, description, folder);
  const checksums = new Checksums(checksumsFile(cacheFolder));
  const verified = checksums.verify(folder, manifest.sha256);
  // Whoever loads the model awaits it; a failure before that must not count as unheard.
  verified.catch(() => undefined);
  // Nothing is compiled from damaged weights.
  if (!manifest.compiled) await verified;
  const weightsSum = manifest.sha256[weightsFile] ?? (await checksums.ofAll(folder, sourceFiles(folder)));
  const stored = manifest.compiled?.precision;
  const precision =
    options.precision ?? (provider === 'cpu' ? stored : undefined) ?? usualPrecision[provider];
  const compiled =
    manifest.compiled && provider === 'cpu'
      ? checkedCompiledFolder(folder, manifest.compiled, precision, description)
      : await compiledInCache({
          folder,
          description,
          source: weightsSum,
          cacheFolder,
          precision,
          provider,
          stored,
          onLog,
          onProgress,
          signal,
        });
  const key = keyOf(weightsSum, precision, provider);
  return { folder, manifest, description, precision, tokenizer, key, verified, ...compiled };
}

/**
 * Makes a model ready that is only measured: it may be without longview.json and tokenizer.json, and is then read and
 * decoded token by token, but completes nothing.
 * @throws UserError where config.json or weights are missing or do not fit
 */
export async function prepareBareModel(options: PrepareOptions): Promise<ReadyModel> {
  const { folder, cacheFolder, provider = 'cpu', onLog = () => undefined, onProgress, signal } = options;
  const { precision = usualPrecision[provider] } = options;
  if (existsSync(path.join(folder, manifestFile))) return prepareModel(options);
  const description = describeModel(readModelJson(folder, 'config.json'));
  const checksums = new Checksums(checksumsFile(cacheFolder));
  const source = await checksums.ofAll(folder, sourceFiles(folder));
  const compiled = await compiledInCache({
    folder,
    description,
    source,
    cacheFolder,
    precision,
    provider,
    onLog,
    onProgress,
    signal,
  });
  return bareModel(path.basename(folder), folder, description, { precision, provider }, source, compiled);
}

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

/**
 * The compiled weights that a folder's model is run with, where they are there: the folder's own, or those in the cache.
 * Reads no more than what has been read before.
 */
export async function compiledWeights(
  folder: string,
  cacheFolder: string,
  precision: Precision = 'w8u',
): Promise<{ file: string; bytes: number } | undefined> {
  const own = existsSync(path.join(folder, manifestFile)) && readManifest(folder).compiled;
  const source = own
    ? undefined
    : new Checksums(checksumsFile(cacheFolder)).known(folder, sourceFiles(folder));
  if (!own && source === undefined) return undefined;
  const holder = own ? folder : compiledFolder(cacheFolder, keyOf(source!, precision, 'cpu'));
  const file = path.join(holder, weightsFile);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size;
  return bytes === undefined ? undefined : { file, bytes };
}

/**
 * The key that a folder's model has on the CPU (see `ReadyModel.key`), where its weights' checksums are known; reads no weights.
 * Undefined where they are not, or where the folder is none that can be loaded.
 */
export function knownModelKey(
  folder: string,
  cacheFolder: string,
  precision?: Precision,
): string | undefined {
  try {
    const { sha256, compiled } = readManifest(folder);
    const sum =
      sha256[weightsFile] ?? new Checksums(checksumsFile(cacheFolder)).known(folder, sourceFiles(folder));
    return sum && keyOf(sum, precision ?? compiled?.precision ?? usualPrecision.cpu, 'cpu');
  } catch {
    return undefined;
  }
}

/** What compiled weights are made from: the config's constants are taken into them. */
function sourceFiles(folder: string): string[] {
  return ['config.json', ...weightFiles(folder)];
}

export function bareModel(
  name: string,
  folder: string,
  description: ModelDescription,
  { precision, provider }: { precision: Precision; provider: Provider },
  source: string,
  compiled: CompiledModel,
): ReadyModel {
  const key = keyOf(source, precision, provider);
  const verified = Promise.resolve();
  return { folder, manifest: bareManifest(name), description, precision, key, verified, ...compiled };
}

export type CompiledModel = Pick<ReadyModel, 'states' | 'graphPath' | 'weightBytes'>;

function compiledModel(folder: string, { states }: CompilationPlan): CompiledModel {
  const weightBytes = statSync(path.join(folder, weightsFile)).size;
  return { states, graphPath: path.join(folder, graphFile), weightBytes };
}

function checksumsFile(cacheFolder: string): string {
  return path.join(cacheFolder, 'checksums.json');
}

function compiledFolder(cacheFolder: string, key: string): string {
  return path.join(cacheFolder, 'compiled', key);
}

function keyOf(weightsSum: string, precision: Precision, provider: Provider): string {
  const form = provider === 'cpu' ? precision : `${precision} ${provider}`;
  return createHash('sha256').update(`${weightsSum} ${graphVersion} ${form}`).digest('hex').slice(0, 32);
}

const encoderPrecision: Precision = 'w8u';

/** Where none is asked for. */
export const usualPrecision: Record<Provider, Precision> = { cpu: 'w8u', webgpu: 'int8' };

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
  /** Default: cpu. */
  provider?: Provider;
  /** Absent = the folder's weights are the original ones; else the precision that they are stored in. */
  stored?: Precision;
  onLog: (message: string) => void;
  /** Default: the folder's weights. */
  checkpoint?: Checkpoint;
  onProgress?: PrepareOptions['onProgress'];
  signal?: AbortSignal;
}

/** Compiles into the cache what does not lie there yet, with a rest after each tensor so that the process stays awake. */
export async function compiledInCache(options: CacheOptions): Promise<CompiledModel> {
  const { folder, description, source, cacheFolder, precision, provider = 'cpu', stored, onLog } = options;
  const target = compiledFolder(cacheFolder, keyOf(source, precision, provider));
  const plan = planCompilation(description, precision, source, { provider, stored });
  if (isCompiled(target, plan)) return compiledModel(target, plan);
  onLog(`Compiling ${folder} as ${precision}${provider === 'cpu' ? '' : ` for ${provider}`}`);
  const file = options.checkpoint
    ? undefined
    : stored
      ? openStored(folder, description)
      : openCheckpoint(folder);
  try {
    const total = plan.layout.tensors.reduce((end, { offset, length }) => Math.max(end, offset + length), 0);
    for (const done of compilingSteps(target, plan, description, options.checkpoint ?? file!)) {
      options.onProgress?.(done, total);
      await rest();
      throwIfAborted(options.signal);
    }
  } catch (error) {
    if (error instanceof UserError || isCancelled(error)) throw error;
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

function checkIds(
  { specialTokens, stop, prompt }: Manifest,
  { vocabulary }: ModelDescription,
  folder: string,
): void {
  const ids = [...Object.values(specialTokens), ...stop, ...Object.values(prompt)];
  for (const id of ids)
    if (typeof id === 'number' && id >= vocabulary)
      throw new UserError(
        `${path.join(folder, 'longview.json')} names the token ${id}, but the model has ${vocabulary}. Download the model again.`,
      );
}
