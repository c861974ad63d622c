import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCheckpoint, weightFiles } from '../../../runtime/models/checkpoint';
import { prepareModel } from '../../../runtime/models/model-folder';
import { SafetensorsFile } from '../../../runtime/models/safetensors';
import { layoutSafetensors, writeSafetensors } from '../../../runtime/models/safetensors-writer';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';
import { pickleOf, plainTensor, torchArchive } from '../fixtures/torch-archive';

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

const weights = () => path.join(folder, 'model.safetensors');

/** The tiny model's tensors in the form that the two writers below take. */
function tensorsOfTinyModel() {
  const file = SafetensorsFile.open(weights());
  const tensors = [...file.tensors].map(([name, { type, shape }]) => ({
    name,
    type,
    shape,
    bytes: file.bytes(name),
  }));
  file.close();
  return tensors;
}

type Tensors = ReturnType<typeof tensorsOfTinyModel>;

function writeShard(name: string, tensors: Tensors): void {
  const file = path.join(folder, name);
  if (name.endsWith('.safetensors')) {
    const content = new Map(tensors.map((tensor) => [tensor.name, tensor.bytes]));
    writeSafetensors(file, layoutSafetensors(tensors, {}), (tensor) => content.get(tensor)!);
    return;
  }
  const pickle = pickleOf(
    Object.fromEntries(
      tensors.map(({ name, type, shape }, i) => [name, plainTensor(String(i), type, shape)]),
    ),
  );
  writeFileSync(file, torchArchive(pickle, Object.fromEntries(tensors.map(({ bytes }, i) => [i, bytes]))));
}

/** Replaces the weights by two shards and their index. */
function writeShards(kind: 'model.safetensors' | 'pytorch_model.bin', change: object = {}): void {
  const all = tensorsOfTinyModel();
  const [base, ending] = kind === 'model.safetensors' ? ['model', 'safetensors'] : ['pytorch_model', 'bin'];
  const halves = [all.slice(0, 7), all.slice(7)];
  const map: Record<string, string> = {};
  halves.forEach((half, i) => {
    const name = `${base}-0000${i + 1}-of-00002.${ending}`;
    writeShard(name, half);
    for (const tensor of half) map[tensor.name] = name;
  });
  rmSync(weights());
  const index = { metadata: {}, weight_map: { ...map, ...change } };
  writeFileSync(path.join(folder, `${kind}.index.json`), JSON.stringify(index));
}

const compiled = async () => {
  const { graphPath } = await prepareModel({ folder, cacheFolder, precision: 'w8u' });
  const file = SafetensorsFile.open(path.join(path.dirname(graphPath), 'model.safetensors'));
  const bytes = [...file.tensors.keys()].sort().map((name) => Buffer.from(file.bytes(name)));
  file.close();
  return Buffer.concat(bytes);
};

test('weights in shards and of PyTorch are compiled to the same bytes', async () => {
  const expected = await compiled();
  const all = tensorsOfTinyModel();
  for (const kind of ['model.safetensors', 'pytorch_model.bin'] as const) {
    writeShards(kind);
    expect(weightFiles(folder)).toHaveLength(3);
    expect((await compiled()).equals(expected), kind).toBe(true);
    rmSync(path.join(folder, `${kind}.index.json`));
    writeShard('model.safetensors', all);
  }
  rmSync(weights());
  writeShard('pytorch_model.bin', all);
  expect((await compiled()).equals(expected), 'one .bin').toBe(true);
});

test('a shard that has changed is another model', async () => {
  writeShards('model.safetensors');
  const before = await prepareModel({ folder, cacheFolder });
  const shard = path.join(folder, 'model-00002-of-00002.safetensors');
  const bytes = readFileSync(shard);
  bytes[bytes.length - 2]! ^= 1;
  writeFileSync(shard, bytes);
  expect((await prepareModel({ folder, cacheFolder })).key).not.toBe(before.key);
});

test.each([
  ['a path', { a: '../secret.safetensors' }, /"..\/secret.safetensors" is not the name of a file beside it/],
  ['no text', { a: 3 }, /3 is not the name/],
  ['a missing shard', { a: 'other.safetensors' }, /other.safetensors is missing/],
  [
    'a tensor that is elsewhere',
    { a: 'model-00001-of-00002.safetensors' },
    /model-00001-of-00002.safetensors does not hold the tensor "a"/,
  ],
])('an index with %s is refused', (_, change, message) => {
  writeShards('model.safetensors', change);
  expect(() => openCheckpoint(folder)).toThrow(message);
});

test.each(['{', '[]', '{"weight_map": []}', '{"weight_map": {}}'])('an index %s is refused', (text) => {
  rmSync(weights());
  writeFileSync(path.join(folder, 'model.safetensors.index.json'), text);
  expect(() => openCheckpoint(folder)).toThrow(/index.json in .* is damaged/);
});

test('a folder without weights says which names count', () => {
  mkdirSync(path.join(root.path, 'empty'));
  expect(() => openCheckpoint(path.join(root.path, 'empty'))).toThrow(/model.safetensors.*pytorch_model.bin/);
});
