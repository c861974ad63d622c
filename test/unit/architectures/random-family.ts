import path from 'node:path';
import { expect } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { difference, standardDeviation } from '../../../runtime/evaluation/differences';
import { ParityReader } from '../../../runtime/evaluation/parity-reading';
import type { Precision } from '../../../runtime/graph/precision';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { temporaryFolder } from '../fixtures/model-folder';
import { referenceLogits } from './reference';

const seed = 7;

function randomIds(vocabulary: number): number[] {
  return Array.from({ length: 83 }, (_, i) => (i * 29 + 3) % vocabulary);
}

/** Gives `job` a reader of the model that `config` describes, with random weights. */
async function withReader<T>(
  config: object,
  precision: Precision,
  job: (reader: ParityReader, ids: number[]) => Promise<T>,
): Promise<T> {
  const model = describeModel(config);
  const folder = temporaryFolder();
  try {
    const plan = planCompilation(model, precision, 'test');
    const target = path.join(folder.path, 'model');
    writeCompiled(target, plan, model, randomCheckpoint(model, seed));
    const reader = await ParityReader.open(path.join(target, graphFile), plan.states, {
      precision,
      provider: 'cpu',
    });
    try {
      return await job(reader, randomIds(model.vocabulary));
    } finally {
      await reader.close();
    }
  } finally {
    folder.remove();
  }
}

/** Whole, in two parts and step by step the graph gives what the model's definition says. */
export async function expectReference(config: object): Promise<void> {
  const model = describeModel(config);
  const checkpoint = randomCheckpoint(model, seed);
  await withReader(config, 'float32', async (reader, ids) => {
    const rows = referenceLogits(model, (name, from, to) => checkpoint.float32(name, from, to), ids);
    const expected = Float32Array.from(rows.flat());
    const whole = (await reader.read(reader.newState(), ids, ids.length)).logits;
    const split = await reader.readSplit(ids, ids.length);
    const steps = await reader.readSteps(reader.newState(), ids, 16);
    for (const found of [whole, split, steps]) {
      const { maxAbs, agreeing, rows } = difference(
        found,
        expected.subarray(-found.length),
        model.vocabulary,
      );
      expect(maxAbs).toBeLessThan(1e-4);
      expect(agreeing).toBe(rows);
    }
  });
}

/** Root mean square of what a precision changes, as a share of the logits' standard deviation. */
export async function changeBy(precision: Precision, config: object): Promise<number> {
  const logits = (form: Precision) =>
    withReader(config, form, async (reader, ids) => reader.readSteps(reader.newState(), ids, 40));
  const [exact, rounded] = [await logits('float32'), await logits(precision)];
  const squares = exact.map((value, i) => (value - rounded[i]!) ** 2);
  return (
    Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / exact.length) / standardDeviation(exact)
  );
}
