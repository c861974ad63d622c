import path from 'node:path';
import { describeModel, familyOf, isEncoderConfig } from '../architectures';
import { graphFile, planCompilation, writeCompiled } from '../models/compile';
import type { SafetensorsFile } from '../models/safetensors';
import { difference, noDifference, standardDeviation, worse } from './differences';
import { withoutPrefix } from './parity-checkpoint';
import { measureEncoderPair } from './parity-encoder';
import { openReader } from './parity-reading';
import { failed, judged, steps, type ParityForm, type ParityResult } from './parity-result';

/** One pair NAME.safetensors + NAME.config.json: weights and what the original code makes of them. */
export async function measurePair(
  name: string,
  config: unknown,
  file: SafetensorsFile,
  form: ParityForm,
  work: string,
): Promise<ParityResult> {
  if (isEncoderConfig(config)) {
    // It has no states that could cross.
    const provider = form.provider === 'mixed' ? 'webgpu' : form.provider;
    return measureEncoderPair(name, config, file, { ...form, provider }, work);
  }
  const family = familyOf(config) ?? name;
  try {
    const model = describeModel(config);
    const expectedMixer = file.tensors.has('mixer0_out') ? file.float32('mixer0_out') : undefined;
    const reader = await openReader(form, (provider, precision) => {
      const plan = planCompilation(model, precision, name, { probe: expectedMixer !== undefined, provider });
      const target = path.join(work, `${name}.${provider}`);
      writeCompiled(target, plan, model, withoutPrefix(file));
      return { graphPath: path.join(target, graphFile), states: plan.states };
    });
    try {
      const ids = file.integers('input_ids');
      const expected = file.float32('logits');
      const [batch = 1, length = ids.length] = file.entry('input_ids').shape;
      const vocabulary = expected.length / (batch * length);
      const expectedSteps = file.tensors.has('logits_steps') ? file.float32('logits_steps') : undefined;
      const count = Math.min(steps, length - 1);
      let [whole, split, step] = [noDifference, noDifference, noDifference];
      let maxAbsMixer: number | undefined;
      for (let row = 0; row < batch; row++) {
        const part = (all: Float32Array) =>
          all.subarray((row * all.length) / batch, ((row + 1) * all.length) / batch);
        const rowIds = ids.slice(row * length, (row + 1) * length);
        const reference = part(expected);
        const read = await reader.read(reader.newState(), rowIds, length);
        whole = worse(whole, difference(read.logits, reference, vocabulary));
        split = worse(split, difference(await reader.readSplit(rowIds, length), reference, vocabulary));
        const stepped = await reader.readSteps(reader.newState(), rowIds, count);
        step = worse(step, difference(stepped, reference.subarray(-count * vocabulary), vocabulary));
        if (expectedSteps)
          step = worse(
            step,
            difference(stepped, part(expectedSteps).subarray(-count * vocabulary), vocabulary),
          );
        if (expectedMixer) {
          const { maxAbs } = difference(read.probe!, part(expectedMixer), model.width);
          maxAbsMixer = Math.max(maxAbsMixer ?? 0, maxAbs / standardDeviation(expectedMixer));
        }
      }
      return judged({ name, family, whole, split, step, expected, maxAbsMixer, form });
    } finally {
      await reader.close();
    }
  } catch (error) {
    return failed(name, family, form, error);
  }
}
