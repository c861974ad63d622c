import path from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { attendsToMany, fewTokens } from '../../../runtime/inference/attention-check';
import { DeviceRunner } from '../../../runtime/inference/device-runner';
import type * as SessionModule from '../../../runtime/inference/session';
import { openSession, type Session } from '../../../runtime/inference/session';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
afterAll(() => root.remove());

/** What is added to each number of an adapter's attention. */
let off = 0;
beforeEach(() => (off = 0));

// No adapter is here: the CPU computes what it would.
vi.mock('../../../runtime/inference/session', async (original) => {
  const real = await original<typeof SessionModule>();
  const openGraph: typeof SessionModule.openGraph = async (graph, provider, options) => {
    const session = await real.openGraph(graph, 'cpu', options);
    if (provider === 'cpu') return session;
    const run: Session['run'] = async (...args) => {
      const outputs = await session.run(...args);
      const attended = outputs['attended']?.data as Float32Array | undefined;
      attended?.forEach((value, i) => (attended[i] = value + off));
      return outputs;
    };
    return { ...session, run };
  };
  return { ...real, openGraph };
});

test('attention over many tokens is compared with the CPU', async () => {
  expect(await attendsToMany('cpu')).toBe(true);
  expect(await attendsToMany('webgpu')).toBe(true);
  off = 0.1;
  expect(await attendsToMany('webgpu')).toBe(false);
});

test('where it is wrong, a model that keeps everything reads few at a time, and gives the same', async () => {
  const model = describeModel(readModelJson(fixtures, 'llama.config.json'));
  const plan = planCompilation(model, 'float32', 'test', { provider: 'webgpu' });
  writeCompiled(root.path, plan, model, randomCheckpoint(model, 3));
  const session = await openSession({ graphPath: path.join(root.path, graphFile), threads: 1 });
  const ids = Array.from({ length: 100 }, (_, i) => (i * 29 + 3) % 70);
  const results = [];
  const counts: number[][] = [];
  for (off of [0, 0.1]) {
    const runs: number[] = [];
    const run: Session['run'] = (feeds, ...rest) => {
      runs.push(feeds['tokens']!.dims[0]!);
      return session.run(feeds, ...rest);
    };
    const runner = new DeviceRunner({ ...session, provider: 'webgpu', run }, plan.states);
    const state = runner.newState();
    results.push(await runner.run(state, ids, 40));
    counts.push(runs);
    runner.release(state);
    await runner.close();
  }
  await session.release();
  expect(counts).toEqual([[100], [fewTokens, fewTokens, fewTokens, 7]]);
  const [whole, parts] = results;
  expect(parts!.logits).toHaveLength(40 * model.vocabulary);
  for (const [i, logit] of whole!.logits.entries()) expect(parts!.logits[i]).toBeCloseTo(logit, 4);
});
