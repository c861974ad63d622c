import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildModelFolder } from '../../../runtime/models/build-folder';
import { knownModelKey } from '../../../runtime/models/compiled-cache';
import { prepareBareModel, prepareModel } from '../../../runtime/models/model-folder';
import { SafetensorsFile } from '../../../runtime/models/safetensors';
import { CancelledError, UserError } from '../../../runtime/protocol/errors';
import { temporaryFolder, tinyManifest, writeTinyModel } from '../fixtures/model-folder';
import { writeRandomModel } from '../fixtures/random-folder';
import { graniteDense } from '../fixtures/tiny-families';

let root: ReturnType<typeof temporaryFolder>;
let folder: string;
let cacheFolder: string;
beforeEach(() => {
  root = temporaryFolder();
  folder = path.join(root.path, 'model');
  cacheFolder = path.join(root.path, 'cache');
  writeTinyModel(folder);
});
afterEach(() => root.remove());

test('weights are compiled once, under their own names', async () => {
  const log: string[] = [];
  const first = await prepareModel({
    folder,
    cacheFolder,
    precision: 'w8u',
    onLog: (line) => log.push(line),
  });
  const weights = path.join(path.dirname(first.graphPath), 'model.safetensors');
  const made = statSync(weights).mtimeMs;
  const again = await prepareModel({
    folder,
    cacheFolder,
    precision: 'w8u',
    onLog: (line) => log.push(line),
  });
  expect(again.graphPath).toBe(first.graphPath);
  expect(statSync(weights).mtimeMs).toBe(made);
  expect(log).toEqual([`Compiling ${folder} as w8u`]);
  const file = SafetensorsFile.open(weights);
  file.close();
  expect(file.metadata).toMatchObject({ family: 'striped', precision: 'w8u' });
  expect(file.entry('layers.0.mixer.in_proj.weight')).toMatchObject({ type: 'U8', shape: [64, 296] });
  expect(readdirSync(path.join(cacheFolder, 'compiled')), 'nothing half made is left').toHaveLength(1);
  const other = await prepareModel({ folder, cacheFolder, precision: 'float32' });
  expect(other.key).not.toBe(first.key);
});

test.each(['graph.onnx', 'model.safetensors'])('a damaged %s in the cache is made anew', async (name) => {
  const { graphPath } = await prepareModel({ folder, cacheFolder, precision: 'w8u' });
  const file = path.join(path.dirname(graphPath), name);
  const whole = readFileSync(file);
  truncateSync(file, whole.length - 100);
  await prepareModel({ folder, cacheFolder, precision: 'w8u' });
  expect(readFileSync(file).equals(whole)).toBe(true);
});

test('a model’s key on the CPU is known without reading weights, once they were read', async () => {
  const known = (each: string, precision?: 'float32') => knownModelKey(each, cacheFolder, precision);
  expect(known(folder)).toBeUndefined();
  const { key } = await prepareModel({ folder, cacheFolder });
  expect(known(folder)).toBe(key);
  expect(known(folder, 'float32')).toBe(
    (await prepareModel({ folder, cacheFolder, precision: 'float32' })).key,
  );
  const built = path.join(root.path, 'built');
  await buildModelFolder(folder, built, 'w8u');
  expect(known(built)).toBe((await prepareModel({ folder: built, cacheFolder })).key);
  expect(known(path.join(root.path, 'nowhere'))).toBeUndefined();
});

test('a built folder needs no compiling and no cache of weights', async () => {
  const built = path.join(root.path, 'built');
  await buildModelFolder(folder, built, 'w8u');
  expect(existsSync(`${built}.compiled`)).toBe(false);
  const ready = await prepareModel({ folder: built, cacheFolder });
  expect(ready).toMatchObject({ precision: 'w8u', graphPath: path.join(built, 'graph.onnx') });
  expect(existsSync(path.join(cacheFolder, 'compiled'))).toBe(false);
  await expect(prepareModel({ folder: built, cacheFolder, precision: 'float32' })).rejects.toThrow(
    /stored as w8u/,
  );
  for (const name of ['graph.onnx', 'model.safetensors', 'tokenizer.json']) {
    const file = path.join(built, name);
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged[whole.length - 5]! ^= 0xff;
    writeFileSync(file, damaged);
    const checked = prepareModel({ folder: built, cacheFolder }).then(({ verified }) => verified);
    await expect(checked).rejects.toThrow(/damaged|not valid JSON/);
    writeFileSync(file, whole);
  }
  await expect((await prepareModel({ folder: built, cacheFolder })).verified).resolves.toBeUndefined();
});

test.each(['config.json', 'tokenizer.json', 'longview.json', 'model.safetensors'])(
  'a folder without %s is refused by name',
  async (name) => {
    rmSync(path.join(folder, name));
    const preparing = prepareModel({ folder, cacheFolder });
    await expect(preparing).rejects.toThrow(name);
    await expect(preparing).rejects.toBeInstanceOf(UserError);
  },
);

test('weights that end early, or belong to another model, are refused', async () => {
  const weights = path.join(folder, 'model.safetensors');
  const config = path.join(folder, 'config.json');
  const original = readFileSync(config, 'utf8');
  writeFileSync(config, original.replace('"intermediate_size": 96', '"intermediate_size": 128'));
  await expect(prepareModel({ folder, cacheFolder })).rejects.toThrow(
    /"layers.0.mlp.gate_proj.weight" has the shape/,
  );
  writeFileSync(config, '{');
  await expect(prepareModel({ folder, cacheFolder })).rejects.toThrow(/config.json is not valid JSON/);
  writeFileSync(config, original);
  truncateSync(weights, 5000);
  await expect(prepareModel({ folder, cacheFolder })).rejects.toThrow(/model.safetensors .*damaged/);
});

test('constants of the config are in the compiled weights: another config is compiled anew', async () => {
  const place = path.join(folder, 'random');
  const graphOf = async (config: object) => {
    writeRandomModel(place, config);
    return (await prepareBareModel({ folder: place, cacheFolder })).graphPath;
  };
  const first = await graphOf(graniteDense);
  expect(await graphOf(graniteDense)).toBe(first);
  expect(await graphOf({ ...graniteDense, attention_multiplier: 0.5 })).not.toBe(first);
});

const lengths = tinyManifest.prompts.completion;
const suffixLast = { kind: 'fim', order: 'prefix-suffix-middle', tokens: { prefix: 3, suffix: 4 } };
test.each([
  ['name', { name: '' }],
  ['stop', { stop: ['a'] }],
  ['specialTokens.fimEnd', { specialTokens: { ...tinyManifest.specialTokens, fimEnd: -1 } }],
  ['prompts.completion.maxSuffixTokens', { prompts: {} }],
  ['prompts.completion.kind', { prompts: { completion: { ...lengths, kind: 'chat' } } }],
  ['prompts.completion.order', { prompts: { completion: { ...lengths, kind: 'fim', order: 'suffix' } } }],
  ['prompts.completion.tokens.middle', { prompts: { completion: { ...lengths, ...suffixLast } } }],
  ['prompts.completion.tokens.begin', { prompts: { completion: { ...lengths, kind: 'prefix' } } }],
  ['tokenizer.cut', { tokenizer: { cut: 'anywhere' } }],
  ['sha256.../secret', { sha256: { '../secret': '0'.repeat(64) } }],
  ['compiled.precision', { compiled: { precision: 'int1', graphVersion: 1 } }],
])('longview.json: a wrong %s is named', async (key, change) => {
  writeTinyModel(folder, change);
  await expect(prepareModel({ folder, cacheFolder })).rejects.toThrow(`"${key}" must be`);
});

test.each([
  ['NaN', NaN],
  ['-Infinity', -Infinity],
])('a weight that is %s is refused by its tensor', async (text, value) => {
  const weights = path.join(folder, 'model.safetensors');
  const file = SafetensorsFile.open(weights);
  const { type, start } = file.entry('layers.1.mlp.up_proj.weight');
  file.close();
  expect(type).toBe('F32');
  const bytes = readFileSync(weights);
  bytes.writeFloatLE(value, start + 4 * 3);
  writeFileSync(weights, bytes);
  const preparing = prepareModel({ folder, cacheFolder, precision: 'w8u' });
  await expect(preparing).rejects.toThrow(`"layers.1.mlp.up_proj.weight" holds ${text} at 3`);
  expect(readdirSync(path.join(cacheFolder, 'compiled')), 'nothing half made is left').toEqual([]);
});

test('compiling can be watched and given up', async () => {
  const abort = new AbortController();
  const seen: number[] = [];
  const onProgress = (done: number, total: number) => {
    seen.push(done / total);
    if (seen.length === 3) abort.abort();
  };
  await expect(prepareModel({ folder, cacheFolder, onProgress, signal: abort.signal })).rejects.toThrow(
    CancelledError,
  );
  expect(seen).toHaveLength(3);
  expect(readdirSync(path.join(cacheFolder, 'compiled'))).toEqual([]);
  await prepareModel({ folder, cacheFolder, onProgress });
  expect(seen.at(-1)).toBe(1);
});

test('a token beyond the vocabulary is refused', async () => {
  writeTinyModel(folder, { stop: [320] });
  await expect(prepareModel({ folder, cacheFolder })).rejects.toThrow(
    /names the token 320, but the model has 320/,
  );
});

test('files that are not what longview.json says are refused; an unwritable memory costs nothing but time', async () => {
  writeTinyModel(folder, { sha256: { 'config.json': '0'.repeat(64) } });
  await expect(prepareModel({ folder, cacheFolder })).rejects.toThrow(/config.json is damaged/);
});
