import path from 'node:path';
import { expect } from 'vitest';
import { difference, standardDeviation } from '../../../runtime/evaluation/differences';
import { ParityReader } from '../../../runtime/evaluation/parity-reading';
import type { ModelDescription } from '../../../runtime/graph/layers';
import type { Precision } from '../../../runtime/graph/precision';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { temporaryFolder } from '../fixtures/model-folder';
import type { ReadTensor } from './definition';

export const length = 83;

export function someIds(vocabulary: number): number[] {
  return Array.from({ length }, (_, i) => (i * 29 + 3) % vocabulary);
}

export function randomTensors(model: ModelDescription): ReadTensor {
  const checkpoint = randomCheckpoint(model, 7);
  return (name) => checkpoint.float32(name);
}

/** Logits of `someIds` with random weights, read whole, in two parts, and the last 16 step by step. */
export async function computedLogits(model: ModelDescription, precision: Precision = 'float32') {
  const folder = temporaryFolder();
  try {
    const plan = planCompilation(model, precision, 'test');
    const target = path.join(folder.path, 'model');
    writeCompiled(target, plan, model, randomCheckpoint(model, 7));
    const reader = await ParityReader.open(path.join(target, graphFile), plan.states);
    try {
      const ids = someIds(model.vocabulary);
      const whole = (await reader.read(reader.newState(), ids, length)).logits;
      const split = await reader.readSplit(ids, length);
      const steps = await reader.readSteps(reader.newState(), ids, 16);
      return [whole, split, steps];
    } finally {
      await reader.close();
    }
  } finally {
    folder.remove();
  }
}

/** Float32 gives what the reference does, however the ids are read. */
export async function expectExactly(model: ModelDescription, expected: Float32Array): Promise<void> {
  for (const found of await computedLogits(model)) {
    const { maxAbs, agreeing, rows } = difference(found, expected.subarray(-found.length), model.vocabulary);
    expect(maxAbs).toBeLessThan(1e-4);
    expect(agreeing).toBe(rows);
  }
}

/** How far each precision's logits may be from float32's, on average, in standard deviations of those. */
const nearness: [Precision, number][] = [
  ['w8u', 0.1],
  ['w8m', 0.1],
  ['int8', 0.1],
  ['int4', 0.6],
];

/** The other precisions stay near float32, however the ids are read. */
export async function expectNearInEachPrecision(model: ModelDescription): Promise<void> {
  const exact = await computedLogits(model);
  const deviation = standardDeviation(exact[0]!);
  for (const [precision, most] of nearness)
    for (const [i, found] of (await computedLogits(model, precision)).entries()) {
      const errors = found.map((value, at) => value - exact[i]![at]!);
      const error = Math.sqrt(errors.reduce((sum, each) => sum + each * each, 0) / errors.length);
      expect(error / deviation, precision).toBeLessThan(most);
    }
}
