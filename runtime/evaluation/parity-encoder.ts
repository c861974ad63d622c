import path from 'node:path';
import { describeEncoder } from '../architectures';
import { Encoder } from '../inference/encoder';
import { graphFile, planCompilation, writeCompiled } from '../models/compile';
import type { SafetensorsFile } from '../models/safetensors';
import { difference, standardDeviation } from './differences';
import { withoutPrefix } from './parity-checkpoint';
import type { SideForm } from './parity-reading';
import { failed, judged, type ParityResult } from './parity-result';

/** An encoder's pair: vectors of all texts at once, then of each by itself, without its padding. */
export async function measureEncoderPair(
  name: string,
  config: unknown,
  file: SafetensorsFile,
  form: SideForm,
  work: string,
): Promise<ParityResult> {
  try {
    const description = describeEncoder(config);
    const { family, padding, width } = description;
    const hasProbe = file.tensors.has('mixer0_out');
    const plan = planCompilation(description, form.precision, name, {
      probe: hasProbe,
      provider: form.provider,
    });
    const target = path.join(work, name);
    writeCompiled(target, plan, description, withoutPrefix(file));
    const encoder = await Encoder.open(path.join(target, graphFile), description, { threads: 2, ...form });
    try {
      const ids = file.integers('input_ids');
      const [batch = 1, length = ids.length] = file.entry('input_ids').shape;
      const texts = Array.from({ length: batch }, (_, i) => ids.slice(i * length, (i + 1) * length));
      const expected = file.float32('output');
      const together = await encoder.encode(texts);
      const whole = difference(joined(together.vectors), expected, width);
      const alone: Float32Array[] = [];
      for (const text of texts)
        alone.push(...(await encoder.encode([withoutPadding(text, padding)])).vectors);
      const single = difference(joined(alone), expected, width);
      const mixer = hasProbe ? file.float32('mixer0_out') : undefined;
      const maxAbsMixer =
        mixer && difference(together.probe!, mixer, width).maxAbs / standardDeviation(mixer);
      return judged({ name, family, whole, split: single, step: single, expected, maxAbsMixer, form });
    } finally {
      await encoder.close();
    }
  } catch (error) {
    return failed(name, 'm2_bert', form, error);
  }
}

function withoutPadding(text: readonly number[], padding: number): number[] {
  const end = text.findLastIndex((id) => id !== padding) + 1;
  return text.slice(0, end);
}

function joined(vectors: readonly Float32Array[]): Float32Array {
  return Float32Array.from(vectors.flatMap((vector) => [...vector]));
}
