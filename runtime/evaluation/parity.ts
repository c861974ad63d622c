import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeModel, familyOf } from '../architectures';
import type { Precision } from '../graph/precision';
import { graphFile, planCompilation, weightsFile, writeCompiled } from '../models/compile';
import { prepareModel } from '../models/model-folder';
import { readManifest, readModelJson } from '../models/manifest';
import { SafetensorsFile } from '../models/safetensors';
import { messageOf, UserError } from '../protocol/errors';
import { difference, noDifference, standardDeviation, worse, type Difference } from './differences';
import { ParityReader } from './parity-reading';

export interface ParityResult {
  name: string;
  family: string;
  provider: string;
  /** Largest error of the logits when all ids are read at once. */
  maxAbs: number;
  /** The same when they are read in two parts. */
  maxAbsSplit: number;
  /** The same for the last 16 positions read one by one. */
  maxAbsStep: number;
  /** Standard deviation of the reference's logits. */
  std: number;
  /** Share of positions, over all three readings, whose likeliest token is the reference's. */
  argmaxAgreement: number;
  /** Model folders: of the reference's greedy ids, how many come first without a difference. */
  greedyAgreement?: number;
  /** Where the reference has it: largest error of the first mixer's output. */
  maxAbsMixer?: number;
  /** float32: every error within 1e-3 of the standard deviation, full agreement. Others: all numbers are finite. */
  ok: boolean;
  error?: string;
}

export interface ParityReport {
  precision: Precision;
  results: ParityResult[];
  /** Pairs without anything to compare with. */
  skipped: string[];
}

export interface ParityOptions {
  provider?: string;
  precision?: Precision;
  onProgress?: (done: number, total: number, name: string) => void;
}

const tolerance = 1e-3;
const steps = 16;

/** Compares what the runtime computes with references made by the original code; see `longview eval parity`. */
export async function evaluateParity(folder: string, options: ParityOptions = {}): Promise<ParityReport> {
  const { provider = 'cpu', precision = 'float32', onProgress = () => undefined } = options;
  if (provider !== 'cpu') throw new UserError(`The provider "${provider}" is not available. Use: cpu.`);
  if (!existsSync(folder))
    throw new UserError(`${folder} does not exist. Name a folder with reference files.`);
  const work = mkdtempSync(path.join(tmpdir(), 'longview-parity-'));
  try {
    const report: ParityReport = { precision, results: [], skipped: [] };
    if (existsSync(path.join(folder, 'reference.safetensors')))
      await modelFolder(folder, precision, work, report, onProgress);
    else await pairs(folder, precision, work, report, onProgress);
    return report;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function pairs(
  folder: string,
  precision: Precision,
  work: string,
  report: ParityReport,
  onProgress: NonNullable<ParityOptions['onProgress']>,
): Promise<void> {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.config.json'))
    .map((name) => name.slice(0, -'.config.json'.length))
    .filter((name) => existsSync(path.join(folder, `${name}.safetensors`)));
  if (found.length === 0)
    throw new UserError(
      `${folder} holds neither pairs of NAME.safetensors and NAME.config.json nor a model with reference.safetensors.`,
    );
  for (const [done, name] of found.entries()) {
    onProgress(done, found.length, name);
    const config = readModelJson(folder, `${name}.config.json`);
    const file = SafetensorsFile.open(path.join(folder, `${name}.safetensors`));
    try {
      const comparable = file.tensors.has('logits') || file.tensors.has('output');
      if (!comparable) report.skipped.push(name);
      else report.results.push(await onePair(name, config, file, precision, work));
    } finally {
      file.close();
    }
  }
  onProgress(found.length, found.length, '');
}

async function onePair(
  name: string,
  config: unknown,
  file: SafetensorsFile,
  precision: Precision,
  work: string,
): Promise<ParityResult> {
  const family = familyOf(config) ?? name;
  try {
    const model = describeModel(config);
    const expectedMixer = file.tensors.has('mixer0_out') ? file.float32('mixer0_out') : undefined;
    const plan = planCompilation(model, precision, name, { probe: expectedMixer !== undefined });
    const target = path.join(work, name);
    writeCompiled(target, plan, model, withoutPrefix(file));
    const reader = await ParityReader.open(path.join(target, graphFile), plan.states);
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
      return judged({ name, family, whole, split, step, expected, maxAbsMixer, precision });
    } finally {
      await reader.close();
    }
  } catch (error) {
    return failed(name, family, error);
  }
}

async function modelFolder(
  folder: string,
  precision: Precision,
  work: string,
  report: ParityReport,
  onProgress: NonNullable<ParityOptions['onProgress']>,
): Promise<void> {
  const file = SafetensorsFile.open(path.join(folder, 'reference.safetensors'));
  try {
    const prompts = [...file.tensors.keys()]
      .filter((name) => name.endsWith('.input_ids'))
      .map((name) => name.slice(0, -'.input_ids'.length));
    onProgress(0, prompts.length, 'model');
    const model = describeModel(readModelJson(folder, 'config.json'));
    const { graphPath, states } = await compiledFolder(folder, precision, work);
    const reader = await ParityReader.open(graphPath, states);
    try {
      for (const [done, prompt] of prompts.entries()) {
        onProgress(done, prompts.length, prompt);
        const name = `${path.basename(path.resolve(folder))}/${prompt}`;
        report.results.push(await onePrompt(name, model.family, file, prompt, reader, precision));
      }
      onProgress(prompts.length, prompts.length, '');
    } finally {
      await reader.close();
    }
  } finally {
    file.close();
  }
}

async function onePrompt(
  name: string,
  family: string,
  file: SafetensorsFile,
  prompt: string,
  reader: ParityReader,
  precision: Precision,
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
    return judged({ name, family, whole, split, step, expected, precision, greedyAgreement });
  } catch (error) {
    return failed(name, family, error);
  }
}

/** As the product compiles it; a folder that is compiled already is taken as it is. */
async function compiledFolder(folder: string, precision: Precision, work: string) {
  const manifest = existsSync(path.join(folder, 'longview.json')) ? readManifest(folder) : undefined;
  if (manifest?.compiled) return prepareModel({ folder, cacheFolder: work, precision });
  const model = describeModel(readModelJson(folder, 'config.json'));
  const plan = planCompilation(model, precision, folder);
  const checkpoint = SafetensorsFile.open(path.join(folder, weightsFile));
  try {
    writeCompiled(path.join(work, 'model'), plan, model, checkpoint);
  } finally {
    checkpoint.close();
  }
  return { graphPath: path.join(work, 'model', graphFile), states: plan.states };
}

interface Measured {
  name: string;
  family: string;
  whole: Difference;
  split: Difference;
  step: Difference;
  expected: Float32Array;
  precision: Precision;
  maxAbsMixer?: number;
  greedyAgreement?: number;
}

function judged(measured: Measured): ParityResult {
  const { name, family, whole, split, step, expected, precision, maxAbsMixer, greedyAgreement } = measured;
  const std = standardDeviation(expected);
  const errors = [whole, split, step].map(({ maxAbs }) => maxAbs / std);
  if (maxAbsMixer !== undefined) errors.push(maxAbsMixer);
  const all = worse(worse(whole, split), step);
  const argmaxAgreement = all.agreeing / all.rows;
  const exact =
    errors.every((error) => error <= tolerance) && argmaxAgreement === 1 && (greedyAgreement ?? 1) === 1;
  return {
    name,
    family,
    provider: 'cpu',
    maxAbs: whole.maxAbs,
    maxAbsSplit: split.maxAbs,
    maxAbsStep: step.maxAbs,
    std,
    argmaxAgreement,
    ...(greedyAgreement === undefined ? {} : { greedyAgreement }),
    ...(maxAbsMixer === undefined ? {} : { maxAbsMixer }),
    ok: precision === 'float32' ? exact : errors.every(Number.isFinite),
  };
}

function failed(name: string, family: string, error: unknown): ParityResult {
  const none = { maxAbs: NaN, maxAbsSplit: NaN, maxAbsStep: NaN, std: NaN, argmaxAgreement: 0 };
  return { name, family, provider: 'cpu', ...none, ok: false, error: messageOf(error) };
}

function withoutPrefix(file: SafetensorsFile): Pick<SafetensorsFile, 'float32' | 'tensors'> {
  const weights = [...file.tensors].filter(([name]) => name.startsWith('w.'));
  return {
    tensors: new Map(weights.map(([name, entry]) => [name.slice(2), entry])),
    float32: (name) => file.float32(`w.${name}`),
  };
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length++;
  return length;
}
