/**
 * Run by run.ts in an environment with an adapter: the graphs that WebGPU gets in a precision, on WebGPU and on the CPU, with
 * the weights and ids of every model of test/fixtures. Prints one JSON array. Takes the precision.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeEncoder, describeModel, isEncoderConfig } from '../../runtime/architectures';
import { difference, standardDeviation } from '../../runtime/evaluation/differences';
import { withoutPrefix } from '../../runtime/evaluation/parity-checkpoint';
import { ParityReader } from '../../runtime/evaluation/parity-reading';
import type { Provider } from '../../runtime/graph/context';
import { greedySteps } from '../../runtime/graph/greedy-graph';
import type { Precision } from '../../runtime/graph/precision';
import type { StateLayout } from '../../runtime/graph/states';
import type { BackendOptions } from '../../runtime/inference/backend';
import { Encoder } from '../../runtime/inference/encoder';
import { openBackend } from '../../runtime/inference/open-backend';
import { openSession } from '../../runtime/inference/session';
import { blockGraphFile, graphFile, planCompilation, writeCompiled } from '../../runtime/models/compile';
import { readModelJson } from '../../runtime/models/manifest';
import { SafetensorsFile } from '../../runtime/models/safetensors';
import { messageOf } from '../../runtime/protocol/errors';
import { root } from '../../scripts/lib/paths.mjs';

export interface Comparison {
  name: string;
  precision: Precision;
  /** Largest difference, in standard deviations; above 1 where the graph did not run. */
  error: number;
  message?: string;
}

const fixtures = path.join(root, 'test', 'fixtures');

async function compare(name: string, precision: Precision, work: string): Promise<Comparison> {
  try {
    const [cpu, gpu] = [
      await computed(name, precision, 'cpu', work),
      await computed(name, precision, 'webgpu', work),
    ];
    const deviation = standardDeviation(cpu[0]!);
    const errors = cpu.map((values, i) => difference(gpu[i]!, values, values.length).maxAbs / deviation);
    return { name, precision, error: Math.max(...errors) };
  } catch (error) {
    return { name, precision, error: Infinity, message: messageOf(error) };
  }
}

/** Logits read in two parts and step by step, and what is written then; or an encoder's vectors. */
async function computed(
  name: string,
  precision: Precision,
  provider: Provider,
  work: string,
): Promise<Float32Array[]> {
  const config = readModelJson(fixtures, `${name}.config.json`);
  const model = isEncoderConfig(config) ? describeEncoder(config) : describeModel(config);
  const file = SafetensorsFile.open(path.join(fixtures, `${name}.safetensors`));
  const folder = path.join(work, `${name}.${precision}`);
  try {
    // Built for WebGPU, whatever computes it.
    const plan = planCompilation(model, precision, name, { provider: 'webgpu' });
    writeCompiled(folder, plan, model, withoutPrefix(file));
    const ids = file.integers('input_ids');
    const graph = path.join(folder, graphFile);
    if ('kind' in model) {
      const encoder = await Encoder.open({
        graphPath: graph,
        description: model,
        threads: 2,
        provider,
        precision,
      });
      const { vectors } = await encoder.encode([ids.slice(0, model.length), ids.slice(0, 9)]);
      await encoder.close();
      return vectors;
    }
    if (provider === 'webgpu' && plan.graphs.has(blockGraphFile)) {
      // Its nodes are all there, whether or not this adapter is given blocks to read.
      const graphPath = path.join(folder, blockGraphFile);
      await (await openSession({ graphPath, threads: 2, provider, precision })).release();
    }
    const reader = await ParityReader.open(graph, plan.states, { provider, precision });
    const split = await reader.readSplit(ids, ids.length);
    const steps = await reader.readSteps(reader.newState(), ids, 3);
    await reader.close();
    return [split, steps, await written(graph, plan.states, { provider, precision }, ids)];
  } finally {
    file.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ids that are chosen in one run, and their log-probabilities. */
async function written(
  graphPath: string,
  states: StateLayout,
  form: Pick<BackendOptions, 'provider' | 'precision'>,
  ids: readonly number[],
): Promise<Float32Array> {
  const backend = await openBackend({ graphPath, states, ...form, threads: 2, key: 'test' });
  backend.create(1);
  await backend.run(1, ids.slice(0, 40), { kind: 'nothing' });
  const choice = { temperature: 0, topP: 1, random: 0 };
  const want = { kind: 'token', choice, most: greedySteps } as const;
  const { tokens } = await backend.run(1, ids.slice(40, 41), want);
  await backend.close();
  if (tokens!.length !== greedySteps) throw new Error(`${tokens!.length} tokens were chosen in one run`);
  return Float32Array.from(tokens!.flatMap(({ id, logProbability }) => [id, logProbability]));
}

async function main(precision: Precision): Promise<void> {
  const names = readdirSync(fixtures)
    .filter((file) => file.endsWith('.config.json'))
    .map((file) => file.slice(0, -'.config.json'.length));
  const work = mkdtempSync(path.join(tmpdir(), 'longview-webgpu-'));
  try {
    const found: Comparison[] = [];
    for (const name of names) found.push(await compare(name, precision, work));
    console.log(JSON.stringify(found));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

void main(process.argv[2] as Precision);
