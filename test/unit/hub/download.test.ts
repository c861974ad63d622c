import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { downloadModel, type DownloadOptions } from '../../../runtime/hub/download';
import { planDownload } from '../../../runtime/hub/plan';
import { selectFiles } from '../../../runtime/hub/select-files';
import { CancelledError, UserError } from '../../../runtime/protocol/errors';
import { startHub, revision, type HubServer } from '../fixtures/hub-server';
import { temporaryFolder } from '../fixtures/model-folder';

const repository = 'owner/small-model';
const weights = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
let root: ReturnType<typeof temporaryFolder>;
let server: HubServer;
beforeEach(async () => {
  root = temporaryFolder();
  server = await startHub(repository, {
    'config.json': Buffer.from('{"model_type": "striped"}'),
    'tokenizer.json': Buffer.from('{}'),
    'README.md': Buffer.from('# Small'),
    LICENSE: Buffer.from('Apache'),
    'model.safetensors': weights,
    'pytorch_model.bin': weights,
    'training_args.bin': weights,
    'onnx/model.onnx': weights,
  });
});
afterEach(async () => {
  await server.close();
  root.remove();
});

const plan = (token?: string) => planDownload(repository, { hub: server.address, token });
const download = async (options: Partial<DownloadOptions> = {}) =>
  downloadModel(await plan(options.token), { hub: server.address, downloads: root.path, ...options });
const content = (folder: string) => readFileSync(path.join(folder, 'model.safetensors'));

test('only what is needed is listed, with size and licence, and nothing is fetched for it', async () => {
  const planned = await plan();
  expect(planned).toMatchObject({ repository, revision, licence: 'apache-2.0', gated: false });
  expect(planned.files.map(({ path }) => path)).toEqual([
    'config.json',
    'tokenizer.json',
    'README.md',
    'LICENSE',
    'model.safetensors',
  ]);
  expect(planned.bytes).toBe(weights.length + 25 + 2 + 7 + 6);
  expect(server.sent).toBe(0);
});

test('files arrive whole, with progress', async () => {
  const seen: number[] = [];
  const folder = await download({ onProgress: (done, total) => seen.push(done / total) });
  expect(content(folder).equals(weights)).toBe(true);
  expect(readdirSync(folder).sort()).toEqual([
    'LICENSE',
    'README.md',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
  ]);
  expect(seen.at(-1)).toBe(1);
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  server.ranges.length = 0;
  await download();
  expect(server.ranges, 'what is there is not fetched again').toEqual([]);
});

test('a download that broke off goes on where it stopped', async () => {
  server.breakAfter = 100_000;
  await expect(download()).rejects.toThrow(/what has arrived is kept/);
  server.breakAfter = undefined;
  const folder = await download();
  expect(content(folder).equals(weights)).toBe(true);
  expect(server.ranges.filter(([path]) => path === 'model.safetensors')).toEqual([
    ['model.safetensors', undefined],
    ['model.safetensors', 'bytes=100000-299999'],
  ]);
});

test('a download can be given up, and what arrived is kept', async () => {
  const abort = new AbortController();
  const giveUp = (done: number) => done > 1000 && abort.abort();
  await expect(download({ signal: abort.signal, onProgress: giveUp })).rejects.toThrow(CancelledError);
  const [folder] = readdirSync(root.path);
  expect(existsSync(path.join(root.path, folder!, 'model.safetensors'))).toBe(false);
  expect(content(await download()).equals(weights)).toBe(true);
});

test.each(['model.safetensors', 'config.json'])('a damaged %s is not kept', async (name) => {
  const planned = await plan();
  const damaged = Buffer.from(server.files[name]!);
  damaged[3]! ^= 1;
  server.files[name] = damaged;
  const downloading = downloadModel(planned, { hub: server.address, downloads: root.path });
  await expect(downloading).rejects.toThrow(`${name} of ${repository} arrived damaged`);
  const [folder] = readdirSync(root.path);
  expect(readdirSync(path.join(root.path, folder!)).filter((each) => each.startsWith(name))).toEqual([]);
});

test('a model that the runtime refuses is refused before its weights come', async () => {
  const check = (folder: string) => {
    expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'README.md', 'config.json', 'tokenizer.json']);
    throw new UserError('unknown family');
  };
  await expect(download({ check })).rejects.toThrow('unknown family');
  expect(server.ranges.map(([path]) => path)).not.toContain('model.safetensors');
});

test('a disk that is too small is told before anything is written', async () => {
  const freeBytes = vi.fn(async () => 400_000);
  await expect(download({ freeBytes })).rejects.toThrow(
    /needs 0.0 GB on the disk of .*, where 0.0 GB are free/,
  );
  expect(server.ranges).toEqual([]);
});

test('a gated repository is told from a missing one, and opens with the token', async () => {
  server.token = 'hf_secret';
  await expect(plan()).rejects.toThrow(/licence must be accepted there first .*HF_TOKEN/);
  await expect(plan('wrong_token')).rejects.toThrow(UserError);
  expect(content(await download({ token: 'hf_secret' })).equals(weights)).toBe(true);
  server.token = undefined;
  await expect(planDownload('owner/other', { hub: server.address })).rejects.toThrow(
    /has no model owner\/other/,
  );
});

test.each([
  ['../secret', /no name of a model/],
  ['owner', /no name of a model/],
  ['owner/a/b', /no name of a model/],
])('the name %s is refused', async (name, message) => {
  await expect(planDownload(name, { hub: server.address })).rejects.toThrow(message);
});

test.each([
  ['ftp://hub', /must begin with https/],
  ['hub', /is no address/],
  ['http://hub.example', /is not asked with a token/],
])('the hub %s is refused', async (hub, message) => {
  await expect(planDownload(repository, { hub, token: 'hf_secret' })).rejects.toThrow(message);
});

test('a hub that cannot be reached', async () => {
  const address = server.address;
  await server.close();
  await expect(planDownload(repository, { hub: address })).rejects.toThrow(
    /could not be fetched from .*ECONNREFUSED/,
  );
});

test.each([
  [{ sha: 'main' }, /names no commit/],
  [{ cardData: {}, tags: ['license:mit'] }, 'mit'],
  [{ cardData: { license: 'other', license_name: 'lfm1.0' } }, 'lfm1.0'],
  [{ cardData: undefined }, undefined],
])('of what a hub says %j', async (info, expected) => {
  Object.assign(server.info, info);
  if (expected instanceof RegExp) await expect(plan()).rejects.toThrow(expected);
  else expect((await plan()).licence).toBe(expected);
});

const files = (...paths: string[]) => paths.map((path) => ({ path, size: 1 }));

test('weights are taken in one form', () => {
  const names = (...paths: string[]) => selectFiles(files(...paths))?.map(({ path }) => path);
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  expect(names('config.json', 'model.safetensors.index.json', ...shards, 'pytorch_model.bin')).toEqual([
    'config.json',
    'model.safetensors.index.json',
    ...shards,
  ]);
  expect(names('config.json', 'pytorch_model.bin', 'optimizer.bin')).toEqual([
    'config.json',
    'pytorch_model.bin',
  ]);
  expect(
    names('config.json', 'model.gguf', 'consolidated.safetensors', '../model.safetensors'),
  ).toBeUndefined();
});
