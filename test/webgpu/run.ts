/**
 * `npm run test:webgpu`: every model of test/fixtures on the WebGPU provider, on a Vulkan made of software, against the logits
 * of the original code. A graph with a node that WebGPU lacks does not load. Needs `npm run build`; writes the counts to
 * test-results/webgpu.json.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ParityReport } from '../../runtime/evaluation/parity';
import { root } from '../../scripts/lib/paths.mjs';
import { softwareVulkan } from '../../scripts/lib/software-vulkan.mjs';
import { writeCounts } from '../e2e/lib/runner';

/** Every family in float32; the other precisions, whose graphs differ in the products alone, for two of them. */
const measured = { float32: undefined, int8: ['mamba2', 'striped'], int4: ['mamba2', 'striped'] };

/** The fixtures' folder, or one with those of some families alone. */
async function fixturesOf(names: string[] | undefined): Promise<string> {
  const all = path.join(root, 'test', 'fixtures');
  if (!names) return all;
  const some = path.join(root, '.cache', 'test', 'webgpu-fixtures');
  await mkdir(some, { recursive: true });
  for (const file of names.flatMap((name) => [`${name}.config.json`, `${name}.safetensors`]))
    await copyFile(path.join(all, file), path.join(some, file));
  return some;
}

async function parity(
  precision: string,
  fixtures: string,
  environment: Record<string, string>,
): Promise<ParityReport> {
  const args = [
    path.join(root, 'dist', 'longview.js'),
    'eval',
    'parity',
    fixtures,
    '--provider',
    'webgpu',
    '--precision',
    precision,
    '--json',
  ];
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as ParityReport;
}

async function main(): Promise<boolean> {
  const environment = await softwareVulkan();
  if (!environment) {
    console.log('Not run: there is no software Vulkan here. Debian has one in its package chromium.');
    return true;
  }
  const counts = { passed: 0, failed: 0 };
  for (const [precision, names] of Object.entries(measured)) {
    const { results } = await parity(precision, await fixturesOf(names), environment);
    for (const { name, ok, maxAbs, std, error } of results) {
      counts[ok ? 'passed' : 'failed'] += 1;
      const found = error ?? `largest error ${(maxAbs / std).toExponential(1)} deviations`;
      console.log(`  ${ok ? 'ok  ' : 'FAIL'} ${name}, ${precision}: ${found}`);
    }
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
