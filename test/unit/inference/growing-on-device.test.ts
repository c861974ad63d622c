import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import type { Provider } from '../../../runtime/graph/context';
import { openBackend } from '../../../runtime/inference/open-backend';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { growingScenario, type Gone } from '../fixtures/growing-scenario';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
afterAll(() => root.remove());

/** From a graph that is built for `provider`; the CPU runs either. */
async function gone(name: string, provider: Provider): Promise<Gone[]> {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const folder = path.join(root.path, `${name}.${provider}`);
  const plan = planCompilation(model, 'float32', 'test', { provider });
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  const backend = await openBackend({
    graphPath: path.join(folder, graphFile),
    states: plan.states,
    ...{ provider: 'cpu', precision: 'float32', threads: 1, key: 'test' },
  });
  try {
    return await growingScenario(backend);
  } finally {
    await backend.close();
  }
}

/** Attention over everything alone, and beside recurrent states of three kinds. */
test.each(['llama', 'granitemoehybrid_dense', 'stripedhyena', 'lfm2'])(
  '%s: states that share their caches go on by themselves',
  async (name) => {
    const [expected, found] = [await gone(name, 'cpu'), await gone(name, 'webgpu')];
    for (const [i, { tokens, scores }] of expected.entries()) {
      expect(found[i]!.tokens).toEqual(tokens);
      for (const [at, score] of scores.entries()) expect(found[i]!.scores[at]).toBeCloseTo(score, 3);
    }
  },
);
