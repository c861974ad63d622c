import path from 'node:path';
import { expect } from 'vitest';
import { difference, standardDeviation } from '../../../runtime/evaluation/differences';
import { ParityReader } from '../../../runtime/evaluation/parity-reading';
import { describeModel } from '../../../runtime/architectures';
import type { ModelDescription } from '../../../runtime/graph/layers';
import type { Precision } from '../../../runtime/graph/precision';
import { roomForDrafts } from '../../../runtime/inference/pending';
import { BlockRunner } from '../../../runtime/inference/runner';
import { openSession } from '../../../runtime/inference/session';
import { emptyState } from '../../../runtime/inference/state-data';
import type { StateLayout } from '../../../runtime/graph/states';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { temporaryFolder } from '../fixtures/model-folder';
import { referenceLogits } from './reference/model';

/** Tokens that are read in these tests. */
export const length = 83;

const seed = 7;

function someIds(vocabulary: number): number[] {
  return Array.from({ length }, (_, i) => (i * 29 + 3) % vocabulary);
}

async function withCompiled<T>(
  model: ModelDescription,
  precision: Precision,
  use: (graphPath: string, states: StateLayout) => Promise<T>,
): Promise<T> {
  const folder = temporaryFolder();
  try {
    const plan = planCompilation(model, precision, 'test');
    const target = path.join(folder.path, 'model');
    writeCompiled(target, plan, model, randomCheckpoint(model, seed));
    return await use(path.join(target, graphFile), plan.states);
  } finally {
    folder.remove();
  }
}

/** Logits of `someIds` with random weights, read whole, in two parts, and the last 16 step by step. */
async function computedLogits(model: ModelDescription, precision: Precision = 'float32') {
  return withCompiled(model, precision, async (graphPath, states) => {
    const reader = await ParityReader.open(graphPath, states, { precision, provider: 'cpu' });
    try {
      const ids = someIds(model.vocabulary);
      const whole = (await reader.read(reader.newState(), ids, length)).logits;
      const split = await reader.readSplit(ids, length);
      const steps = await reader.readSteps(reader.newState(), ids, 16);
      return [whole, split, steps];
    } finally {
      await reader.close();
    }
  });
}

/** Reading with many wrong drafts, of which a few are taken at every run, gives the last logits as reading whole does. */
async function logitsAfterDrafts(model: ModelDescription): Promise<Float32Array> {
  return withCompiled(model, 'float32', async (graphPath, states) => {
    const session = await openSession({ graphPath, threads: 1 });
    try {
      const [runner, state, ids] = [
        new BlockRunner(session, states),
        emptyState(states),
        someIds(model.vocabulary),
      ];
      await runner.run(state, ids.slice(0, 20));
      for (let right = 0; state.length < length; right = (right + 1) % 3) {
        const room = roomForDrafts(states, state.pending.tokens, 1);
        const next = ids.slice(state.length, state.length + 1 + right);
        const wrong = Array.from({ length: Math.max(0, room - next.length + 1) }, (_, i) => (i * 5 + 1) % 7);
        if (room < right) await runner.run(state, next);
        else
          await runner.runWithDrafts(
            state,
            next.slice(0, 1),
            [...next.slice(1), ...wrong],
            () => next.length - 1,
          );
      }
      return state.logits!;
    } finally {
      await session.release();
    }
  });
}

/** Float32 gives what the model's definition says, however the ids are read and whatever drafts were dropped between. */
export async function expectReference(config: object): Promise<void> {
  const model = describeModel(config);
  const { float32 } = randomCheckpoint(model, seed);
  const expected = Float32Array.from(referenceLogits(model, float32, someIds(model.vocabulary)).flat());
  const far = (found: Float32Array) => difference(found, expected.subarray(-found.length), model.vocabulary);
  for (const found of await computedLogits(model)) {
    const { maxAbs, agreeing, rows } = far(found);
    expect(maxAbs).toBeLessThan(1e-4);
    expect(agreeing).toBe(rows);
  }
  expect(far(await logitsAfterDrafts(model)).maxAbs).toBeLessThan(1e-4);
}

type Rounded = Exclude<Precision, 'float32'>;

/** How far each precision's logits may be from float32's: root of the mean square, in standard deviations of those. */
const nearness: Record<Rounded, number> = { float16: 0.02, w8u: 0.1, w8m: 0.1, int8: 0.1, int4: 0.4 };

/** The other precisions stay near float32, however the ids are read; `most` says where a family is further away. */
export async function expectNearInEachPrecision(
  config: object,
  most: Partial<Record<Rounded, number>> = {},
): Promise<void> {
  const model = describeModel(config);
  const exact = await computedLogits(model);
  const deviation = standardDeviation(exact[0]!);
  const limits = Object.entries({ ...nearness, ...most }) as [Rounded, number][];
  for (const [precision, limit] of limits)
    for (const [i, found] of (await computedLogits(model, precision)).entries()) {
      const errors = found.map((value, at) => value - exact[i]![at]!);
      const error = Math.sqrt(errors.reduce((sum, each) => sum + each * each, 0) / errors.length);
      expect(error / deviation, precision).toBeLessThan(limit);
    }
}
