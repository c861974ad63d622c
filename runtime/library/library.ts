import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describedTensors, describeEncoder, describeModel, isEncoderConfig } from '../architectures';
import { elementCount } from '../graph/stored-tensors';
import { compiledWeights } from '../models/compiled-cache';
import { readChatTemplate, type ChatTemplate } from '../models/chat-template';
import { conversationTokens, manifestFile, readManifest, readModelJson } from '../models/manifest';
import { knownModel } from '../models/registry';
import { UserError, messageOf } from '../protocol/errors';
import {
  downloadsFolderName,
  modelsFolderName,
  type InstalledModel,
  type ModelOrigin,
} from '../protocol/models';

const originFile = 'origin.json';

/** The models that the user has added: one folder each, below the data folder, under the model's name. */
export class Library {
  readonly folder: string;
  readonly downloads: string;
  readonly cacheFolder: string;

  constructor(dataFolder: string) {
    this.folder = path.join(dataFolder, modelsFolderName);
    // Names of models begin with a letter or a digit, so this is none.
    this.downloads = path.join(this.folder, downloadsFolderName);
    this.cacheFolder = path.join(dataFolder, 'cache');
  }

  /** @throws UserError where it is no name, or there is no such model */
  async find(name: string): Promise<InstalledModel> {
    const asFolder = name.replace('/', '--');
    if (!isModelName(asFolder) || !existsSync(path.join(this.folder, asFolder)))
      throw new UserError(`There is no model "${name}". See "longview models list".`);
    return describeFolder(path.join(this.folder, asFolder), this.cacheFolder);
  }

  async list(): Promise<InstalledModel[]> {
    const names = existsSync(this.folder) ? readdirSync(this.folder).filter(isModelName).sort() : [];
    return Promise.all(names.map((name) => describeFolder(path.join(this.folder, name), this.cacheFolder)));
  }

  /** Deletes the model, its compiled form included. @returns the bytes freed */
  async remove(name: string): Promise<number> {
    const { folder, bytesOnDisk } = await this.find(name);
    const compiled = await compiledWeights(folder, this.cacheFolder);
    await rm(folder, { recursive: true, force: true });
    if (compiled) await rm(path.dirname(compiled.file), { recursive: true, force: true });
    return bytesOnDisk + (compiled?.bytes ?? 0);
  }
}

/** Everything that is known of a model without loading it; what is wrong with it is part of that. */
export async function describeFolder(folder: string, cacheFolder: string): Promise<InstalledModel> {
  const name = path.basename(folder);
  const origin = readOrigin(folder);
  const known = knownModel(origin.repository ?? name);
  const model: InstalledModel = {
    name,
    folder,
    languages: [],
    ...(known && { roles: known.roles, licence: known.licence, languages: [...(known.languages ?? [])] }),
    ...origin,
    bytesOnDisk: bytesOf(folder),
    verified: known?.verified === true && origin.repository === undefined,
    completes: false,
  };
  try {
    const config = readModelJson(folder, 'config.json');
    const encodes = isEncoderConfig(config);
    const description = encodes ? describeEncoder(config) : describeModel(config);
    model.family = description.family;
    model.parameters = parametersOf(describedTensors(description));
    model.weightBytes = (await compiledWeights(folder, cacheFolder))?.bytes;
    if (model.weightBytes !== undefined) model.memoryBytes = model.weightBytes + (known?.states?.fixed ?? 0);
    if (encodes) {
      requireTokenizer(folder);
      return { ...model, encodes };
    }
    model.chats = chatTemplateIn(folder) !== undefined;
    if (!existsSync(path.join(folder, manifestFile))) return model;
    const manifest = readManifest(folder);
    const { languages, prompt } = manifest;
    const completesFrom = prompt.kind === 'prefix' ? 'prefix' : 'both-sides';
    return {
      ...model,
      languages,
      completes: true,
      completesFrom,
      ...(model.chats && { conversationTokens: conversationTokens(manifest) }),
    };
  } catch (error) {
    return { ...model, problem: messageOf(error) };
  }
}

/** Whether a folder's config.json is an encoder's. @throws UserError where it cannot be read */
export function isEncoderFolder(folder: string): boolean {
  return isEncoderConfig(readModelJson(folder, 'config.json'));
}

/** Published encoders often come without: they were trained with another model's. @throws UserError */
export function requireTokenizer(folder: string): void {
  if (!existsSync(path.join(folder, 'tokenizer.json')))
    throw new UserError(
      `${path.join(folder, 'tokenizer.json')} is missing: an encoder cannot take texts without the tokeniser that it was ` +
        'trained with. Put its tokenizer.json there.',
    );
}

/** How the model in a folder is shown a conversation. @throws UserError where its files cannot be read */
export function chatTemplateIn(folder: string): ChatTemplate | undefined {
  const known = knownModel(readOrigin(folder).repository ?? path.basename(folder));
  return readChatTemplate(folder, known?.chat);
}

/** Usable as a folder's name on every system, and never one of Longview's own. */
export function isModelName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,200}$/.test(name) && !name.endsWith('.');
}

export async function writeOrigin(folder: string, origin: ModelOrigin): Promise<void> {
  await writeFile(path.join(folder, originFile), `${JSON.stringify(origin, null, 2)}\n`);
}

function readOrigin(folder: string): ModelOrigin {
  try {
    const json = JSON.parse(readFileSync(path.join(folder, originFile), 'utf8')) as Record<string, unknown>;
    const text = (key: string) => (typeof json[key] === 'string' ? { [key]: json[key] } : {});
    return { ...text('repository'), ...text('revision'), ...text('licence') };
  } catch {
    return {};
  }
}

function parametersOf(tensors: ReadonlyMap<string, number[]>): number {
  return [...tensors.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
}

function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}
