import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { difference } from '../../../runtime/evaluation/differences';
import { evaluateParity } from '../../../runtime/evaluation/parity';
import { oddSplit } from '../../../runtime/evaluation/parity-reading';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

test('every family computes what the reference does: whole, in two parts, step by step', async () => {
  const { results, skipped } = await evaluateParity(fixtures);
  expect(skipped).toEqual([]);
  expect(results.map(({ name }) => name)).toContain('striped');
  for (const result of results) {
    expect(result, result.name).toMatchObject({ ok: true, argmaxAgreement: 1 });
    for (const error of [result.maxAbs, result.maxAbsSplit, result.maxAbsStep])
      expect(error / result.std, result.name).toBeLessThan(1e-4);
  }
});

test.each([
  ['float16', 0.02],
  ['int8', 0.1],
  ['w8m', 0.1],
  ['w8u', 0.1],
  ['int4', 0.6],
] as const)('%s stays near the reference', async (precision, least) => {
  const { results } = await evaluateParity(fixtures, { precision });
  // Random weights are the worst case for quantising: what counts is that nothing is plainly wrong.
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  const striped = results.find(({ name }) => name === 'striped')!;
  expect(1 - striped.argmaxAgreement).toBeLessThan(least);
});

test('a damaged weight is found', async () => {
  const bytes = readFileSync(path.join(fixtures, 'striped.safetensors'));
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const at = 8 + Number(bytes.readBigUInt64LE(0)) + header['w.layers.1.mixer.D']!.data_offsets[0];
  bytes.writeFloatLE(bytes.readFloatLE(at) + 0.5, at);
  writeFileSync(path.join(folder.path, 'striped.safetensors'), bytes);
  copyFileSync(path.join(fixtures, 'striped.config.json'), path.join(folder.path, 'striped.config.json'));
  writeFileSync(path.join(folder.path, 'other.config.json'), '{"model_type":"unheard-of"}');
  copyFileSync(path.join(fixtures, 'striped.safetensors'), path.join(folder.path, 'other.safetensors'));
  const { results } = await evaluateParity(folder.path);
  const byName = new Map(results.map((result) => [result.name, result]));
  expect(byName.get('striped')).toMatchObject({ ok: false });
  expect(byName.get('other')).toMatchObject({ ok: false, family: 'unheard-of' });
  expect(byName.get('other')!.error).toMatch(/"unheard-of" are not supported/);
});

test('what cannot be measured is said', async () => {
  await expect(evaluateParity(path.join(folder.path, 'none'))).rejects.toThrow(/does not exist/);
});

test('a value that is not a number counts as an error', () => {
  const found = difference(Float32Array.of(1, NaN), Float32Array.of(1, 2), 2);
  expect(found.maxAbs).toBeNaN();
  expect(found.maxAbs <= 1).toBe(false);
});

test('the split is odd and leaves both parts something', () => {
  for (let length = 2; length < 500; length++) {
    expect(oddSplit(length)).toBeGreaterThan(0);
    expect(oddSplit(length)).toBeLessThan(length);
  }
  expect(oddSplit(203) % 64).not.toBe(0);
});
