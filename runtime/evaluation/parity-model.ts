import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeModel } from '../architectures';
import type { Provider } from '../graph/context';
import type { Precision } from '../graph/precision';
import { openCheckpoint } from '../models/checkpoint';
import { graphFile, planCompilation, writeCompiled } from '../models/compile';
import { readManifest, readModelJson } from '../models/manifest';
import { prepareModel } from '../models/model-folder';
import type { SafetensorsFile } from '../models/safetensors';
import { difference } from './differences';
import type { Compiled, ParityReader } from './parity-reading';
import { failed, judged, steps, type ParityForm, type ParityResult } from './parity-result';

/** One prompt of a model folder's reference.safetensors: logits of its last positions, and the greedy continuation. */
export async function measurePrompt(
  name: string,
  family: string,
  file: SafetensorsFile,
  prompt: string,
  reader: ParityReader,
  form: ParityForm,
): Promise<ParityResult> {
  try {
    const ids = file.integers(`${prompt}.input_ids`);
    const expected = file.float32(`${prompt}.logits`);
    const greedy = file.integers(`${prompt}.greedy`);
    const [, rows = steps, vocabulary = expected.length / rows] = file.entry(`${prompt}.logits`).shape;
    const state = reader.newState();
    const whole = difference((await reader.read(state, ids, rows)).logits, expected, vocabulary);
    const split = difference(await reader.readSplit(ids, rows), expected, vocabulary);
    const stepState = reader.newState();
    const stepped = await reader.readSteps(stepState, ids, rows);
    const step = difference(stepped, expected, vocabulary);
    const continued = [
      await reader.greedy(state, greedy.length),
      await reader.greedy(stepState, greedy.length),
    ];
    const agreement = Math.min(...continued.map((found) => commonPrefix(found, greedy)));
    const greedyAgreement = agreement / greedy.length;
    return judged({ name, family, whole, split, step, expected, form, greedyAgreement });
  } catch (error) {
    return failed(name, family, form, error);
  }
}

/** As the product compiles it; a folder that is compiled already is taken as it is. */
export async function compiledFolder(
  folder: string,
  provider: Provider,
  precision: Precision,
  work: string,
): Promise<Compiled> {
  const manifest = existsSync(path.join(folder, 'longview.json')) ? readManifest(folder) : undefined;
  if (manifest?.compiled) {
    const ready = await prepareModel({ folder, cacheFolder: work, precision, provider });
    await ready.verified;
    return ready;
  }
  const model = describeModel(readModelJson(folder, 'config.json'));
  const plan = planCompilation(model, precision, folder, { provider });
  const checkpoint = openCheckpoint(folder);
  try {
    writeCompiled(path.join(work, provider), plan, model, checkpoint);
  } finally {
    checkpoint.close();
  }
  return { graphPath: path.join(work, provider, graphFile), states: plan.states };
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length++;
  return length;
}
