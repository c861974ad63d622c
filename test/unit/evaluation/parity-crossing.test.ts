import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeModel, isEncoderConfig } from '../../../runtime/architectures';
import { difference, standardDeviation } from '../../../runtime/evaluation/differences';
import { withoutPrefix } from '../../../runtime/evaluation/parity-checkpoint';
import { ParityReader } from '../../../runtime/evaluation/parity-reading';
import type { Provider } from '../../../runtime/graph/context';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { SafetensorsFile } from '../../../runtime/models/safetensors';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
afterAll(() => root.remove());

const families = readdirSync(fixtures)
  .filter((file) => file.endsWith('.config.json'))
  .map((file) => file.slice(0, -'.config.json'.length))
  .filter((name) => !isEncoderConfig(readModelJson(fixtures, `${name}.config.json`)));

/** The device's graph runs on the CPU here. */
test.each(families)(
  '%s: a state that crosses at every chance computes what the reference does',
  async (name) => {
    const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
    const file = SafetensorsFile.open(path.join(fixtures, `${name}.safetensors`));
    const compiled = (provider: Provider) => {
      const folder = path.join(root.path, `${name}.${provider}`);
      const plan = planCompilation(model, 'float32', name, { provider });
      writeCompiled(folder, plan, model, withoutPrefix(file));
      return { graphPath: path.join(folder, graphFile), states: plan.states };
    };
    const form = { precision: 'float32', provider: 'cpu' } as const;
    const reader = await ParityReader.openMixed(compiled('cpu'), compiled('webgpu'), form);
    try {
      const [batch = 1, length = 0] = file.entry('input_ids').shape;
      const ids = file.integers('input_ids').slice(0, length);
      const expected = file.float32('logits').subarray(0, file.float32('logits').length / batch);
      const vocabulary = expected.length / length;
      const split = difference(await reader.readSplit(ids, length), expected, vocabulary);
      const stepped = await reader.readSteps(reader.newState(), ids, 16);
      const step = difference(stepped, expected.subarray(-16 * vocabulary), vocabulary);
      for (const { maxAbs } of [split, step]) expect(maxAbs / standardDeviation(expected)).toBeLessThan(1e-3);
      expect(split.agreeing + step.agreeing).toBe(length + 16);
    } finally {
      await reader.close();
      file.close();
    }
  },
);
