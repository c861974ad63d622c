/** Weights compiled for this machine, once for each model, precision and provider: each in a folder under its key. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as rest } from 'node:timers/promises';
import type { Described } from '../architectures';
import type { Provider } from '../graph/context';
import { graphVersion } from '../graph/model-graph';
import type { Precision } from '../graph/precision';
import type { StateLayout } from '../graph/states';
import { UserError, isCancelled, throwIfAborted } from '../protocol/errors';
import { openCheckpoint, weightFiles, type Checkpoint } from './checkpoint';
import { Checksums } from './checksums';
import {
  compilingSteps,
  graphFile,
  isCompiled,
  planCompilation,
  weightsFile,
  type CompilationPlan,
} from './compile';
import { manifestFile, readManifest } from './manifest';
import { removeLeftovers } from './partial';
import { openStored } from './stored-weights';

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

/** Where none is asked for. */
export const usualPrecision: Record<Provider, Precision> = { cpu: 'w8u', webgpu: 'int8' };

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
    await removeLeftovers(path.dirname(target));
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

/** Graph and weights on disk. */
export interface CompiledModel {
  states: StateLayout;
  /** The ONNX graph, its weights beside it. */
  graphPath: string;
  weightBytes: number;
}

export function compiledModel(folder: string, { states }: CompilationPlan): CompiledModel {
  const weightBytes = statSync(path.join(folder, weightsFile)).size;
  return { states, graphPath: path.join(folder, graphFile), weightBytes };
}

export function checksumsFile(cacheFolder: string): string {
  return path.join(cacheFolder, 'checksums.json');
}

function compiledFolder(cacheFolder: string, key: string): string {
  return path.join(cacheFolder, 'compiled', key);
}

export function keyOf(weightsSum: string, precision: Precision, provider: Provider): string {
  const form = provider === 'cpu' ? precision : `${precision} ${provider}`;
  return createHash('sha256').update(`${weightsSum} ${graphVersion} ${form}`).digest('hex').slice(0, 32);
}

/** What compiled weights are made from: the config's constants are taken into them. */
export function sourceFiles(folder: string): string[] {
  return ['config.json', ...weightFiles(folder)];
}
