import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTextEncoder } from '../../../runtime/inference/text-encoder';
import { addModel, checkDescription } from '../../../runtime/library/add-model';
import { Library } from '../../../runtime/library/library';
import { buildModelFolder } from '../../../runtime/models/build-folder';
import { prepareModel } from '../../../runtime/models/model-folder';
import { CancelledError, UserError } from '../../../runtime/protocol/errors';
import type { AddModelProgress } from '../../../runtime/protocol/models';
import { writeEncoderModel } from '../fixtures/encoder-model';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let folder: string;
let library: Library;
beforeEach(() => {
  root = temporaryFolder();
  folder = path.join(root.path, 'tiny');
  library = new Library(path.join(root.path, 'data'));
  writeTinyModel(folder);
});
afterEach(() => root.remove());

const compiled = () => {
  const all = path.join(library.cacheFolder, 'compiled');
  return existsSync(all) ? readdirSync(all) : [];
};

test('a folder is added, listed, described and removed', async () => {
  writeFileSync(path.join(folder, 'optimizer.pt'), 'not needed');
  const steps: AddModelProgress[] = [];
  const added = await addModel(library, { folder, onProgress: (step) => steps.push(step) });
  expect(added).toMatchObject({
    name: 'tiny',
    family: 'striped',
    completes: true,
    languages: ['typescript'],
  });
  expect(added.parameters).toBeGreaterThan(100_000);
  expect(added.weightBytes).toBeLessThan(statSync(path.join(folder, 'model.safetensors')).size / 2);
  expect(new Set(steps.map(({ step }) => step))).toEqual(new Set(['copying', 'compiling']));
  expect(steps.at(-1)).toMatchObject({ step: 'compiling', done: steps.at(-1)!.total });
  expect(existsSync(path.join(added.folder, 'optimizer.pt'))).toBe(false);
  expect(await library.list()).toEqual([added]);
  const made = compiled();
  await prepareModel({ folder: added.folder, cacheFolder: library.cacheFolder });
  expect(compiled(), 'compiled once').toEqual(made);
  await expect(addModel(library, { folder })).rejects.toThrow(/a model "tiny" already/);
  expect(await library.remove('tiny')).toBe(added.bytesOnDisk + added.weightBytes!);
  expect(await library.list()).toEqual([]);
  expect(compiled()).toEqual([]);
  expect(existsSync(folder), 'what was added from stays').toBe(true);
});

test('a model without prompts is added, and completes nothing', async () => {
  rmSync(path.join(folder, 'longview.json'));
  rmSync(path.join(folder, 'tokenizer.json'));
  const added = await addModel(library, { folder, name: 'bare' });
  expect(added).toMatchObject({ name: 'bare', completes: false, languages: [] });
  expect(added.problem).toBeUndefined();
});

test('an encoder is added with its tokeniser, compiled once, and completes nothing', async () => {
  const source = path.join(root.path, 'm2');
  writeEncoderModel(source);
  const added = await addModel(library, { folder: source });
  expect(added).toMatchObject({ name: 'm2', family: 'm2_bert', encodes: true, completes: false });
  expect([added.problem, added.chats]).toEqual([undefined, undefined]);
  expect(added.parameters).toBeGreaterThan(100_000);
  expect(added.weightBytes).toBeGreaterThan(50_000);
  expect(await library.list()).toEqual([added]);
  const made = compiled();
  const loaded = await loadTextEncoder({ folder: added.folder, cacheFolder: library.cacheFolder });
  await loaded.close();
  expect(compiled(), 'compiled once').toEqual(made);
  // What it lacks is said before anything large is downloaded or copied.
  rmSync(path.join(source, 'tokenizer.json'));
  expect(() => checkDescription(source)).toThrow(/tokenizer\.json is missing: an encoder cannot/);
  rmSync(path.join(added.folder, 'tokenizer.json'));
  expect((await library.find('m2')).problem).toMatch(/tokenizer\.json is missing: an encoder cannot/);
  await library.remove('m2');
  expect(compiled()).toEqual([]);
});

test('a folder that is compiled already is taken as it is', async () => {
  const built = path.join(root.path, 'built');
  await buildModelFolder(folder, built, 'w8u');
  const added = await addModel(library, { folder: built });
  expect(added.weightBytes).toBe(statSync(path.join(built, 'model.safetensors')).size);
  expect(compiled()).toEqual([]);
});

/** Puts the model where downloads are. */
function downloaded(): string {
  const place = path.join(library.downloads, 'owner--tiny@1');
  mkdirSync(library.downloads, { recursive: true });
  writeTinyModel(place);
  return place;
}

test('a download is moved, and known by its repository', async () => {
  const place = downloaded();
  const origin = { repository: 'owner/tiny', revision: 'a'.repeat(40), licence: 'mit' };
  await addModel(library, { folder: place, origin, move: true });
  expect(existsSync(place)).toBe(false);
  expect(await library.find('owner/tiny')).toMatchObject({ name: 'owner--tiny', ...origin });
  expect(await library.find('owner--tiny')).toMatchObject(origin);
});

test('a download that is given up while it is compiled stays', async () => {
  const place = downloaded();
  const abort = new AbortController();
  const adding = addModel(library, {
    folder: place,
    origin: { repository: 'owner/tiny' },
    move: true,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  await expect(adding).rejects.toThrow(CancelledError);
  expect(existsSync(path.join(place, 'model.safetensors'))).toBe(true);
  expect(await library.list()).toEqual([]);
});

test('nothing else is moved', async () => {
  await expect(addModel(library, { folder, move: true })).rejects.toThrow(/none of Longview's own downloads/);
  expect(existsSync(folder)).toBe(true);
});

const config = () => path.join(folder, 'config.json');
const edit = (from: string, to: string) =>
  writeFileSync(config(), readFileSync(config(), 'utf8').replace(from, to));

test.each<[string, () => void, RegExp]>([
  ['an unknown family', () => edit('"striped"', '"gpt_9"'), /models of type "gpt_9" are not supported/],
  ['other weights', () => edit('"intermediate_size": 96', '"intermediate_size": 128'), /has the shape/],
  ['no weights', () => rmSync(path.join(folder, 'model.safetensors')), /holds no weights/],
  ['no config', () => rmSync(config()), /config.json is missing/],
  ['a broken longview.json', () => writeFileSync(path.join(folder, 'longview.json'), '{'), /not valid JSON/],
])('%s is refused, and nothing is left', async (_, spoil, message) => {
  spoil();
  const adding = addModel(library, { folder });
  await expect(adding).rejects.toThrow(message);
  await expect(adding).rejects.toBeInstanceOf(UserError);
  expect(existsSync(library.folder)).toBe(false);
});

test.each(['..', '.downloads', 'a/../b', '', 'none'])('there is no model %j', async (name) => {
  await expect(library.find(name)).rejects.toThrow(/There is no model/);
  await expect(library.remove(name)).rejects.toThrow(/There is no model/);
});

test('a model that can no longer be read is listed with what is wrong', async () => {
  const { folder: added } = await addModel(library, { folder });
  writeFileSync(path.join(added, 'config.json'), '{}');
  expect((await library.list())[0]).toMatchObject({ name: 'tiny', completes: false });
  expect((await library.list())[0]!.problem).toMatch(/are not supported/);
});
