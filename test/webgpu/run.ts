/**
 * `npm run test:webgpu`: every model of test/fixtures on the WebGPU provider, on a Vulkan made of software: in float32 against the
 * logits of the original code, in int4 against the same graph on the CPU. A graph with a node that WebGPU lacks
 * does not load. Needs `npm run build`; writes the counts to test-results/webgpu.json.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chooseProvider } from '../../runtime/engine/providers/choose-provider';
import { isMeasured } from '../../runtime/engine/providers/finding';
import { runProbe } from '../../runtime/engine/providers/run-probe';
import type { ParityReport } from '../../runtime/evaluation/parity';
import { root } from '../../scripts/lib/paths.mjs';
import { softwareVulkan } from '../../scripts/lib/software-vulkan.mjs';
import { writeCounts } from '../e2e/lib/runner';
import { writeTinyModel } from '../unit/fixtures/model-folder';
import type { Written } from './language-model';
import type { GrowingCheck } from './growing';
import type { MixedCheck } from './mixed';
import type { Comparison } from './same-graph';

interface Check {
  name: string;
  ok: boolean;
  found: string;
}

const noVulkan = { LD_LIBRARY_PATH: '', VK_ICD_FILENAMES: '' };

/** Of the same graph's results on two providers, in standard deviations: no more than float32 rounds. */
const tolerance = 1e-4;

async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 24 });
  return stdout;
}

async function parity(precision: string, environment: NodeJS.ProcessEnv): Promise<ParityReport['results']> {
  const longview = path.join(root, 'dist', 'longview.js');
  const fixtures = path.join(root, 'test', 'fixtures');
  const options = ['--provider', 'webgpu', '--precision', precision, '--json'];
  const report = await run([longview, 'eval', 'parity', fixtures, ...options], environment);
  return (JSON.parse(report) as ParityReport).results;
}

async function againstReferences(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  return (await parity('float32', environment)).map(({ name, ok, maxAbs, std, error }) => ({
    name: `${name}, float32`,
    ok,
    found: error ?? `largest error ${(maxAbs / std).toExponential(1)} deviations`,
  }));
}

async function againstCpu(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const script = path.join(import.meta.dirname, 'same-graph.ts');
  const found = await run(['--import', 'tsx', script, 'int4'], environment);
  return (JSON.parse(found) as Comparison[]).map(({ name, precision, error, message }) => ({
    name: `${name}, ${precision}, beside the CPU`,
    ok: error !== null && error <= tolerance,
    found: message ?? `largest difference ${error.toExponential(1)} deviations`,
  }));
}

/** The engine's way: states on the GPU, in its worker thread; without an adapter the CPU, with the reason. */
async function languageModel(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const script = path.join(import.meta.dirname, 'language-model.ts');
  const loaded = async (where: NodeJS.ProcessEnv) =>
    JSON.parse(await run(['--import', 'tsx', script], where)) as { gpu: Written; cpu: Written };
  const [found, without] = [await loaded(environment), await loaded(noVulkan)];
  const same = ({ gpu, cpu }: { gpu: Written; cpu: Written }) =>
    JSON.stringify(gpu.tokens) === JSON.stringify(cpu.tokens) &&
    gpu.scores.every((score, i) => Math.abs(score - cpu.scores[i]!) < 1e-3);
  return [
    {
      name: 'a language model on the GPU writes what it does on the CPU',
      ok: found.gpu.provider === 'webgpu' && same(found),
      found: JSON.stringify(found.gpu),
    },
    {
      name: 'without an adapter it takes the CPU and says why',
      ok:
        without.gpu.provider === 'cpu' &&
        /No graphics adapter/.test(without.gpu.fallback ?? '') &&
        same(without),
      found: without.gpu.fallback ?? 'no reason',
    },
  ];
}

/** Long texts on the GPU, all else on the CPU. */
async function mixed(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const script = path.join(import.meta.dirname, 'mixed.ts');
  return JSON.parse(await run(['--import', 'tsx', script], environment)) as MixedCheck[];
}

/** Attention over everything, written in place. */
async function growing(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const script = path.join(import.meta.dirname, 'growing.ts');
  return JSON.parse(await run(['--import', 'tsx', script], environment)) as GrowingCheck[];
}

/** As the engine probes: the adapter is found, right, and far slower than the CPU; without one there is a reason. */
async function probing(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-probe-'));
  try {
    writeTinyModel(path.join(folder, 'model'), { stop: [] });
    const probed = (where: Record<string, string>) =>
      runProbe(
        {
          provider: 'webgpu',
          folder: path.join(folder, 'model'),
          cacheFolder: path.join(folder, 'cache'),
          precision: 'float32',
          threads: 2,
        },
        // A machine that does something else besides takes minutes for what a card does in milliseconds.
        {
          modulePath: path.join(root, 'dist', 'provider-probe.js'),
          environment: where,
          silentMs: 900_000,
          longestMs: 900_000,
        },
      );
    const [found, without] = [await probed(environment as Record<string, string>), await probed(noVulkan)];
    const { provider } = chooseProvider([{ provider: 'webgpu', finding: found, driver: '', at: '' }]);
    return [
      {
        name: 'a probe finds an adapter of software right, and the CPU faster',
        ok: isMeasured(found) && provider === 'cpu',
        found: JSON.stringify(found),
      },
      {
        name: 'a probe finds no adapter where there is none',
        ok: !isMeasured(without) && /No graphics adapter/.test(without.reason),
        found: JSON.stringify(without),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function refusals(environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const expected: [string, NodeJS.ProcessEnv, RegExp][] = [
    ['float16', environment, /does not compute in half precision.*Choose another precision/],
    ['w8u', environment, /webgpu does not compute in w8u/],
    ['float32', noVulkan, /No graphics adapter.*"cpu"/s],
  ];
  const checks: Check[] = [];
  for (const [precision, where, message] of expected) {
    const [first] = await parity(precision, where);
    const found = first!.error ?? 'computed all the same';
    checks.push({ name: `what cannot be computed (${precision})`, ok: message.test(found), found });
  }
  return checks;
}

async function main(): Promise<boolean> {
  const environment = await softwareVulkan();
  if (!environment) {
    console.log('Not run: there is no software Vulkan here. Debian has one in its package chromium.');
    return true;
  }
  const counts = { passed: 0, failed: 0 };
  for (const checks of [languageModel, mixed, growing, probing, refusals, againstReferences, againstCpu])
    for (const { name, ok, found } of await checks(environment)) {
      counts[ok ? 'passed' : 'failed'] += 1;
      console.log(`  ${ok ? 'ok  ' : 'FAIL'} ${name}: ${found}`);
    }
  await writeCounts('webgpu', counts);
  console.log(`webgpu: ${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0;
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
