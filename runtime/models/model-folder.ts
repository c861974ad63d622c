import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { describeModel } from '../architectures';
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
import { readManifest, readModelJson, type Manifest } from './manifest';
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
  /** Content of tokenizer.json. */
  tokenizer: unknown;
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
    : compiledInCache(folder, cacheFolder, precision, description, weightsSum, onLog);
  return {
    folder,
    manifest,
    description,
    states: compiled.plan.states,
    precision,
    graphPath: path.join(compiled.folder, graphFile),
    weightBytes: statSync(path.join(compiled.folder, weightsFile)).size,
    tokenizer,
    key: keyOf(weightsSum, precision),
    verified,
  };
}

interface CompiledFolder {
  folder: string;
  plan: CompilationPlan;
}

function keyOf(weightsSum: string, precision: Precision): string {
  return createHash('sha256').update(`${weightsSum} ${graphVersion} ${precision}`).digest('hex').slice(0, 32);
}

function checkedCompiledFolder(
  folder: string,
  compiled: NonNullable<Manifest['compiled']>,
  precision: Precision,
  description: ModelDescription,
): CompiledFolder {
  if (compiled.precision !== precision)
    throw new UserError(
      `The model in ${folder} is stored as ${compiled.precision}; ${precision} cannot be made from it. ` +
        'Leave the precision out, or name a folder with the original weights.',
    );
  const file = SafetensorsFile.open(path.join(folder, weightsFile));
  file.close();
  const plan = planCompilation(description, precision, file.metadata.source ?? '');
  checkCompiled(folder, plan);
  return { folder, plan };
}

function compiledInCache(
  folder: string,
  cacheFolder: string,
  precision: Precision,
  description: ModelDescription,
  weightsSum: string,
  onLog: (message: string) => void,
): CompiledFolder {
  const target = path.join(cacheFolder, 'compiled', keyOf(weightsSum, precision));
  const plan = planCompilation(description, precision, weightsSum);
  if (isCompiled(target, plan)) return { folder: target, plan };
  onLog(`Compiling ${folder} as ${precision}`);
  const checkpoint = SafetensorsFile.open(path.join(folder, weightsFile));
  try {
    writeCompiled(target, plan, description, checkpoint);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The compiled model cannot be written to ${cacheFolder} (${(error as Error).message}). ` +
        'Free some space there or check its permissions.',
      { cause: error },
    );
  } finally {
    checkpoint.close();
  }
  return { folder: target, plan };
}

function checkIds({ specialTokens, stop }: Manifest, { vocabulary }: ModelDescription, folder: string): void {
  for (const id of [...Object.values(specialTokens), ...stop])
    if (id >= vocabulary)
      throw new UserError(
        `${path.join(folder, 'longview.json')} names the token ${id}, but the model has ${vocabulary}. Download the model again.`,
      );
}
