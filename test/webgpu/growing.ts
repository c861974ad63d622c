/**
 * Run by run.ts in an environment with an adapter: models with attention over everything on the GPU, whose states share the room that
 * their caches grow in, beside the same on the CPU. Prints one JSON array.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeModel } from '../../runtime/architectures';
import type { Provider } from '../../runtime/graph/context';
import { openBackend } from '../../runtime/inference/open-backend';
import { graphFile, planCompilation, writeCompiled } from '../../runtime/models/compile';
import { readModelJson } from '../../runtime/models/manifest';
import { randomCheckpoint } from '../../runtime/models/random-weights';
import { messageOf } from '../../runtime/protocol/errors';
import { growingScenario, type Gone } from '../unit/fixtures/growing-scenario';
import { fixtures } from '../unit/fixtures/model-folder';

export interface GrowingCheck {
  name: string;
  ok: boolean;
  found: string;
}

/** Attention over everything alone, and beside recurrent states. */
const models = ['llama', 'granitemoehybrid_dense', 'stripedhyena'];

async function gone(name: string, provider: Provider, work: string): Promise<Gone[]> {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const folder = path.join(work, `${name}.${provider}`);
  const plan = planCompilation(model, 'float32', 'test', { provider });
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  const { states } = plan;
  const graphPath = path.join(folder, graphFile);
  const backend = await openBackend({
    ...{ graphPath, states, provider, precision: 'float32', threads: 2, key: 'test' },
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

async function main(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'longview-webgpu-'));
  const checks: GrowingCheck[] = [];
  try {
    for (const name of models)
      checks.push(
        await besideCpu(name, work).catch((error: unknown) => ({ name, ok: false, found: messageOf(error) })),
      );
    console.log(JSON.stringify(checks));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

void main();
