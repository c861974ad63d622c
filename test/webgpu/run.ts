/**
 * `npm run test:webgpu`: every model of test/fixtures on the WebGPU provider, on a Vulkan made of software, against the logits
 * of the original code. A graph with a node that WebGPU lacks does not load. Needs `npm run build`; writes the counts to
 * test-results/webgpu.json.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ParityReport } from '../../runtime/evaluation/parity';
import { root } from '../../scripts/lib/paths.mjs';
import { softwareVulkan } from '../../scripts/lib/software-vulkan.mjs';
import { writeCounts } from '../e2e/lib/runner';

const precisions = ['float32', 'int8', 'int4'];

async function parity(precision: string, environment: Record<string, string>): Promise<ParityReport> {
  const args = [
    path.join(root, 'dist', 'longview.js'),
    'eval',
    'parity',
    path.join(root, 'test', 'fixtures'),
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
  for (const precision of precisions) {
    for (const { name, ok, maxAbs, std, error } of (await parity(precision, environment)).results) {
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
