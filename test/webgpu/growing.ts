/**
 * Run by run.ts in an environment with an adapter: models with attention over everything on the GPU, whose states share the room that
 * their caches grow in, beside the same on the CPU. Prints one JSON array.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeModel } from '../../runtime/architectures';
import type { Provider } from '../../runtime/graph/context';
import { greedySteps } from '../../runtime/graph/greedy-graph';
import { openBackend } from '../../runtime/inference/open-backend';
import { openSession } from '../../runtime/inference/session';
import { graphFile, planCompilation, writeCompiled } from '../../runtime/models/compile';
import { readModelJson } from '../../runtime/models/manifest';
import { randomCheckpoint } from '../../runtime/models/random-weights';
import { messageOf } from '../../runtime/protocol/errors';
import { growingScenario, type Gone } from '../unit/fixtures/growing-scenario';
import { fixtures } from '../unit/fixtures/model-folder';
import { touchedTokens } from '../unit/fixtures/touched-tokens';

export interface GrowingCheck {
  name: string;
  ok: boolean;
  found: string;
}

/** Attention over everything alone, and beside recurrent states. */
const models = ['llama', 'granitemoehybrid_dense', 'stripedhyena'];

function compiled(name: string, provider: Provider, work: string) {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const folder = path.join(work, `${name}.${provider}`);
  const plan = planCompilation(model, 'float32', 'test', { provider });
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  return { graphPath: path.join(folder, graphFile), states: plan.states };
}

async function gone(name: string, provider: Provider, work: string): Promise<Gone[]> {
  const backend = await openBackend({
    ...{ ...compiled(name, provider, work), provider, precision: 'float32', threads: 2, key: 'test' },
  });
  try {
    return await growingScenario(backend);
  } finally {
    await backend.close();
  }
}

async function besideCpu(name: string, work: string): Promise<GrowingCheck> {
  const [expected, found] = [await gone(name, 'cpu', work), await gone(name, 'webgpu', work)];
  const written = (all: readonly Gone[]) => JSON.stringify(all.map(({ tokens }) => tokens));
  const differences = expected.flatMap(({ scores }, i) =>
    scores.map((score, at) => Math.abs(score - found[i]!.scores[at]!)),
  );
  const largest = Math.max(...differences);
  return {
    name: `${name}, with states that share what grows`,
    ok: written(expected) === written(found) && largest < 1e-3,
    found: `largest difference ${largest.toExponential(1)}, ${written(found)}`,
  };
}

/** What comes out right where all is made anew, too, and only takes longer. */
async function inPlace(work: string): Promise<GrowingCheck> {
  const { graphPath, states } = compiled('llama', 'webgpu', work);
  const session = await openSession({ graphPath, provider: 'webgpu', threads: 2 });
  try {
    const touched = await touchedTokens(session, states, 256, [1, 20]);
    const expected = Array.from({ length: 21 + 2 * greedySteps }, (_, i) => 10 + i);
    return {
      name: 'new keys and values are written behind those that are there, in place',
      ok: JSON.stringify(touched) === JSON.stringify(expected),
      found: `tokens ${touched[0]} to ${touched.at(-1)}`,
    };
  } finally {
    await session.release();
  }
}

async function main(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'longview-webgpu-'));
  const checks: GrowingCheck[] = [];
  try {
    const failed = (name: string) => (error: unknown) => ({ name, ok: false, found: messageOf(error) });
    checks.push(await inPlace(work).catch(failed('in place')));
    for (const name of models) checks.push(await besideCpu(name, work).catch(failed(name)));
    console.log(JSON.stringify(checks));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

void main();
