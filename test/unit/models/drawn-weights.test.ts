import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { standardDeviation } from '../../../runtime/evaluation/differences';
import { ParityReader } from '../../../runtime/evaluation/parity-reading';
import { storedBlocks } from '../../../runtime/graph/products/blocks';
import { storedU8 } from '../../../runtime/graph/products/row-scaled-u8';
import { matrix } from '../../../runtime/graph/stored-tensors';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { drawnCheckpoint } from '../../../runtime/models/random-weights';
import { SafetensorsFile } from '../../../runtime/models/safetensors';
import { seededBits } from '../../../runtime/models/seeded-random';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
afterAll(() => root.remove());

const [rows, columns] = [96, 512];

test.each([
  ['int4', storedBlocks(matrix('w', rows, columns), 4, 32), 32],
  ['int8', storedBlocks(matrix('w', rows, columns), 8, 128), 128],
  ['w8u', storedU8(matrix('w', rows, columns)), columns],
] as const)('drawn %s weights have the shapes and the size of quantised ones', (form, stored, block) => {
  const values = stored.values.draw!(seededBits(5)) as Uint8Array;
  const scales = stored.scales.draw!(seededBits(6)) as Float32Array;
  expect(values).toHaveLength(stored.values.shape.reduce((a, b) => a * b));
  expect(scales).toHaveLength(stored.scales.shape[0]!);
  const [zero, at] =
    form === 'int4'
      ? [8, (i: number) => (values[i >> 1]! >> (4 * (i & 1))) & 15]
      : [128, (i: number) => values[i]!];
  // w8u is stored by columns: which scale a value has does not matter to the size of all.
  const weights = Float32Array.from(
    { length: rows * columns },
    (_, i) => (at(i) - zero) * scales[Math.floor(i / block) % scales.length]!,
  );
  const mean = weights.reduce((sum, value) => sum + value, 0) / weights.length;
  expect(standardDeviation(weights) * Math.sqrt(columns)).toBeCloseTo(1, 1);
  expect(Math.abs(mean) * Math.sqrt(columns)).toBeLessThan(0.05);
});

test.each(['int4', 'int8', 'w8u'] as const)(
  'a model of drawn %s weights gives ordinary logits',
  async (precision) => {
    const model = describeModel(readModelJson(fixtures, 'striped.config.json'));
    const plan = planCompilation(model, precision, 'test');
    const folder = (name: string) => path.join(root.path, `${precision}.${name}`);
    writeCompiled(folder('one'), plan, model, drawnCheckpoint(model, 1));
    writeCompiled(folder('again'), plan, model, drawnCheckpoint(model, 1));
    writeCompiled(folder('other'), plan, model, drawnCheckpoint(model, 2));
    const bytes = (name: string) => {
      const file = SafetensorsFile.open(path.join(folder(name), 'model.safetensors'));
      const all = [...file.tensors.keys()].map((tensor) =>
        Buffer.from(file.bytes(tensor)).toString('base64'),
      );
      file.close();
      return all;
    };
    expect(bytes('again')).toEqual(bytes('one'));
    expect(bytes('other')).not.toEqual(bytes('one'));

    const reader = await ParityReader.open(path.join(folder('one'), graphFile), plan.states, {
      precision,
      provider: 'cpu',
    });
    const ids = Array.from({ length: 40 }, (_, i) => (i * 29 + 3) % model.vocabulary);
    const { logits } = await reader.read(reader.newState(), ids, ids.length);
    await reader.close();
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(standardDeviation(logits)).toBeGreaterThan(0.5);
    expect(standardDeviation(logits)).toBeLessThan(2);
  },
);

test('bits differ from seed to seed and go on where they stopped', () => {
  const drawn = (seed: number, ...parts: number[]) => {
    const fill = seededBits(seed);
    return parts.flatMap((count) => {
      const words = new Uint32Array(count);
      fill(words);
      return [...words];
    });
  };
  expect(drawn(3, 4, 4)).toEqual(drawn(3, 8));
  expect(new Set([...drawn(0, 8), ...drawn(1, 8), ...drawn(2, 8)]).size).toBe(24);
});
