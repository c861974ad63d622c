import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { standardDeviation } from '../../../runtime/evaluation/differences';
import { ParityReader } from '../../../runtime/evaluation/parity-reading';
import { precisionNames, type Precision } from '../../../runtime/graph/precision';
import type { StateLayout } from '../../../runtime/graph/states';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { openStored } from '../../../runtime/models/stored-weights';
import { UserError } from '../../../runtime/protocol/errors';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';
import { graniteMixture } from '../fixtures/tiny-families';

const root = temporaryFolder();
afterAll(() => root.remove());

const striped = readModelJson(fixtures, 'striped.config.json');
const ids = Array.from({ length: 40 }, (_, i) => (i * 29 + 3) % 70);

/** Compiled for the CPU, as the embedded model is. */
function stored(config: unknown, precision: Precision) {
  const model = describeModel(config);
  const folder = path.join(root.path, `${model.family}.${precision}`);
  const plan = planCompilation(model, precision, 'test');
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  return { model, folder, states: plan.states };
}

async function logitsOf(folder: string, states: StateLayout, precision: Precision): Promise<Float32Array> {
  const reader = await ParityReader.open(path.join(folder, graphFile), states, {
    precision,
    provider: 'cpu',
  });
  const { logits } = await reader.read(reader.newState(), ids, ids.length);
  await reader.close();
  return logits;
}

/** The CPU rounds the inputs of quantised products as well, which graphs for the GPU do not. */
const nearness: Record<Precision, number> = {
  float32: 1e-5,
  float16: 1e-5,
  w8u: 0.06,
  w8m: 0.06,
  int8: 0.06,
  int4: 0.06,
};

test.each(precisionNames)('weights stored as %s make the graph for the GPU', async (precision) => {
  const { model, folder, states } = stored(striped, precision);
  const expected = await logitsOf(folder, states, precision);
  const plan = planCompilation(model, 'float32', 'test', { provider: 'webgpu', stored: precision });
  const weights = openStored(folder, model);
  const target = `${folder}.gpu`;
  writeCompiled(target, plan, model, weights);
  weights.close();
  const found = await logitsOf(target, plan.states, 'float32');
  const squares = found.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0);
  const error = Math.sqrt(squares / found.length) / standardDeviation(expected);
  expect(error).toBeLessThan(nearness[precision]);
});

test('keys and values that are stored as one matrix are taken apart where the graph for the GPU has them apart', async () => {
  const { model, folder } = stored(striped, 'float32');
  const joined = openStored(folder, model);
  const logits: Float32Array[] = [];
  for (const from of ['original', 'stored'] as const) {
    const plan = planCompilation(model, 'int4', 'test', {
      provider: 'webgpu',
      ...(from === 'stored' && { stored: 'float32' }),
    });
    const names = plan.tensors.map(({ name }) => name);
    expect(names.filter((name) => /k_proj\.weight(\.restored)?$/.test(name))).toHaveLength(1);
    expect(names.filter((name) => name.includes('kv_proj'))).toEqual([]);
    const target = path.join(root.path, `apart.${from}`);
    writeCompiled(target, plan, model, from === 'stored' ? joined : randomCheckpoint(model, 3));
    logits.push(await logitsOf(target, plan.states, 'int4'));
  }
  joined.close();
  for (const [i, value] of logits[1]!.entries()) expect(value).toBeCloseTo(logits[0]![i]!, 4);
});

test('what cannot be made of them is said', () => {
  const { model, folder } = stored(graniteMixture, 'w8u');
  const plan = planCompilation(model, 'float32', 'test', { provider: 'webgpu', stored: 'w8u' });
  const weights = openStored(folder, model);
  const writing = () => writeCompiled(`${folder}.gpu`, plan, model, weights);
  expect(writing).toThrow(/stored for the CPU.*cannot be made from them/);
  expect(writing).toThrow(UserError);
  weights.close();
});
