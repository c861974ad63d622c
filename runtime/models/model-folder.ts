import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeModel } from '../architectures';
import type { Provider } from '../graph/context';
import type { ModelDescription } from '../graph/layers';
import type { Precision } from '../graph/precision';
import { UserError } from '../protocol/errors';
import { Checksums } from './checksums';
import { checkCompiled, planCompilation, weightsFile } from './compile';
import {
  checksumsFile,
  compiledInCache,
  compiledModel,
  keyOf,
  sourceFiles,
  usualPrecision,
  type CompiledModel,
  type PrepareOptions,
} from './compiled-cache';
import { bareManifest, manifestFile, readManifest, readModelJson, type Manifest } from './manifest';
import { SafetensorsFile } from './safetensors';

/** A model ready to be run: graph and weights lie on disk in the form asked for. */
export interface ReadyModel extends CompiledModel {
  folder: string;
  manifest: Manifest;
  description: ModelDescription;
  precision: Precision;
  /** Content of tokenizer.json; absent where the model is only measured. */
  tokenizer?: unknown;
  /** Names weights, graph and precision: states made under another key do not fit. */
  key: string;
  /** Settles when every file has been compared with its checksum. Rejects with a UserError that names a damaged one. */
  verified: Promise<void>;
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
