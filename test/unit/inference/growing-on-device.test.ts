import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import { blocks } from '../../../runtime/graph/blocks';
import type { Provider } from '../../../runtime/graph/context';
import { greedySteps } from '../../../runtime/graph/greedy-graph';
import { openBackend } from '../../../runtime/inference/open-backend';
import { openSession } from '../../../runtime/inference/session';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { growingScenario, type Gone } from '../fixtures/growing-scenario';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';
import { touchedTokens } from '../fixtures/touched-tokens';

const root = temporaryFolder();
afterAll(() => root.remove());

function compiled(name: string, provider: Provider) {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const folder = path.join(root.path, `${name}.${provider}`);
  const plan = planCompilation(model, 'float32', 'test', { provider });
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  return { graphPath: path.join(folder, graphFile), states: plan.states };
}

/** From a graph that is built for `provider`; the CPU runs either. */
async function gone(name: string, provider: Provider): Promise<Gone[]> {
  const backend = await openBackend({
    ...compiled(name, provider),
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

test('every branch writes new keys and values into the room that it is given, and nothing else there', async () => {
  const { graphPath, states } = compiled('llama', 'webgpu');
  const session = await openSession({ graphPath, threads: 1 });
  const counts = [1, 20, blocks.shortest];
  const added = counts.reduce((sum, count) => sum + count) + 2 * greedySteps;
  expect(await touchedTokens(session, states, 1024, counts)).toEqual(
    Array.from({ length: added }, (_, i) => 10 + i),
  );
  await session.release();
});
