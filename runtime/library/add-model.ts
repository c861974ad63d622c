import { constants, existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkCheckpoint, describeEncoder, describeModel, isEncoderConfig } from '../architectures';
import { openCheckpoint, weightFiles } from '../models/checkpoint';
import { manifestFile, readManifest, readModelJson } from '../models/manifest';
import type { PrepareOptions } from '../models/compiled-cache';
import { encoderKey, prepareEncoder } from '../models/encoder-folder';
import { prepareBareModel } from '../models/model-folder';
import { partialPath, removeLeftovers } from '../models/partial';
import { knownModel } from '../models/registry';
import { UserError, throwIfAborted } from '../protocol/errors';
import type { AddModelProgress, AddModelRequest, InstalledModel, ModelOrigin } from '../protocol/models';
import { isModelName, requireTokenizer, writeOrigin, type Library } from './library';
import { promptManifest } from './prompt-manifest';

/** Of a model's folder what is taken over besides its weights. */
const accompanying =
  /^(config\.json|generation_config\.json|tokenizer\.json|tokenizer_config\.json|chat_template\.jinja|longview\.json|graph(\.signed)?\.onnx|README\.md|DATA\.md|LICENSE(\.\w+)?)$/;

/** Compiled weights take at most about this share of the original ones. */
const shareForCompiling = 0.6;

export interface AddModelOptions extends AddModelRequest {
  /** Default: the repository's name, else the folder's. */
  name?: string;
  signal?: AbortSignal;
  onProgress?: (progress: AddModelProgress) => void;
}

/**
 * Adds the model in a folder: its family must be known and its weights must compile. A longview.json is written where it
 * comes without one and its tokeniser tells how it completes. It is there whole or not at all; a download that was given up while it was compiled stays where it was.
 * @throws UserError
 */
export async function addModel(library: Library, options: AddModelOptions): Promise<InstalledModel> {
  const { folder, origin = {}, move = false, signal } = options;
  if (move && !isBelow(library.downloads, folder))
    throw new Error(`${folder} is none of Longview's own downloads and is not moved`);
  const name = options.name ?? (origin.repository ?? path.basename(path.resolve(folder))).replace('/', '--');
  const written = describedPrompts(folder, name, origin);
  checkWeights(folder);
  const target = targetOf(library, name);
  await mkdir(library.folder, { recursive: true, mode: 0o700 });
  if (move) await rename(folder, target);
  else await copyModel(folder, target, options);
  try {
    await prepare({
      folder: target,
      cacheFolder: library.cacheFolder,
      signal,
      onProgress: (done, total) => options.onProgress?.({ step: 'compiling', done, total }),
    });
    if (written) await writeFile(path.join(target, manifestFile), `${JSON.stringify(written, null, 2)}\n`);
    await writeOrigin(target, origin);
  } catch (error) {
    if (move) await rename(target, folder);
    else await rm(target, { recursive: true, force: true });
    throw error;
  }
  return library.find(name);
}

/** Whether config.json, and longview.json or else the tokeniser, describe a model that can be run. @throws UserError */
export function checkDescription(folder: string): void {
  describedPrompts(folder, path.basename(folder), {});
}

/** Once and for all: whoever loads the model finds its weights compiled and its checksums known. */
async function prepare(options: PrepareOptions): Promise<void> {
  if (isEncoderConfig(readModelJson(options.folder, 'config.json'))) {
    await prepareEncoder(options);
    await encoderKey(options);
  } else {
    const { verified } = await prepareBareModel(options);
    await verified;
  }
}

/** The longview.json that the folder lacks, where it can be told. @throws UserError where what describes the model is wrong */
function describedPrompts(folder: string, name: string, { repository }: ModelOrigin): object | undefined {
  const config = readModelJson(folder, 'config.json');
  if (isEncoderConfig(config)) {
    describeEncoder(config);
    requireTokenizer(folder);
    return undefined;
  }
  describeModel(config);
  if (!existsSync(path.join(folder, manifestFile)))
    return promptManifest(folder, name, knownModel(repository ?? name));
  readManifest(folder);
  return undefined;
}

/** Compares names and shapes before anything large is copied. A compiled folder's tensors are checked when it is prepared. */
function checkWeights(folder: string): void {
  if (existsSync(path.join(folder, manifestFile)) && readManifest(folder).compiled) return;
  const checkpoint = openCheckpoint(folder);
  try {
    const config = readModelJson(folder, 'config.json');
    const description = isEncoderConfig(config) ? describeEncoder(config) : describeModel(config);
    checkCheckpoint(description, (tensor) => checkpoint.tensors.get(tensor)?.shape);
  } finally {
    checkpoint.close();
  }
}

function targetOf(library: Library, name: string): string {
  if (!isModelName(name))
    throw new UserError(
      `"${name}" cannot be a model's name: letters, digits, dots and dashes can. Rename the folder.`,
    );
  const target = path.join(library.folder, name);
  if (existsSync(target))
    throw new UserError(
      `There is a model "${name}" already. Remove it first: longview models remove ${name}`,
    );
  return target;
}

async function copyModel(
  folder: string,
  target: string,
  { signal, onProgress }: AddModelOptions,
): Promise<void> {
  const names = [...readdirSync(folder).filter((name) => accompanying.test(name)), ...weightFiles(folder)];
  const sizes = names.map((name) => statSync(path.join(folder, name)).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  await removeLeftovers(path.dirname(target));
  await checkSpace(path.dirname(target), total * (1 + shareForCompiling));
  // No model's name begins with a dot.
  const partial = partialPath(path.join(path.dirname(target), `.${path.basename(target)}`));
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    let done = 0;
    for (const [i, name] of names.entries()) {
      throwIfAborted(signal);
      // File systems that can share what is the same copy nothing.
      await copyFile(path.join(folder, name), path.join(partial, name), constants.COPYFILE_FICLONE);
      onProgress?.({ step: 'copying', done: (done += sizes[i]!), total });
    }
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (bavail * bsize < needed)
    throw new UserError(
      `The model needs ${gigabytes(needed)} on the disk of ${folder}, where ${gigabytes(bavail * bsize)} are free. Free some space.`,
    );
}

function isBelow(parent: string, folder: string): boolean {
  const relative = path.relative(parent, folder);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
