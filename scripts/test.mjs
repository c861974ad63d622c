/**
 * `npm test`: sets up all that tests need (dependencies, a browser, an editor), then checks everything.
 * `npm test -- --only unit,e2e` runs some phases alone. Ends with the line "N passed, N failed".
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser } from './lib/browser.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { ensureEditor } from './lib/editor.mjs';
import { root } from './lib/paths.mjs';
import { runPhases, summarise } from './lib/phases.mjs';
import { cleanEnv, run } from './lib/process.mjs';
import { targetOfThisMachine } from './lib/targets.mjs';

const results = path.join(root, 'test-results');
const gallery = path.join(root, 'test/e2e/webview-gallery/run.mjs');
const tool = (name) => path.join(root, 'node_modules', name);

function node(args, options) {
  return run(process.execPath, args, { cwd: root, ...options });
}

/** Runs a program that leaves `{passed, failed}` in test-results/<name>.json; without that file it is one check. */
async function counted(name, args, env) {
  const file = path.join(results, `${name}.json`);
  await rm(file, { force: true });
  const { status } = await node(args, { allowFailure: true, env: cleanEnv(env) });
  const counts = JSON.parse(
    await readFile(file, 'utf8').catch(() => `{"passed":${status === 0 ? 1 : 0},"failed":0}`),
  );
  // A program that failed without naming a test failed all the same.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function unit() {
  const file = path.join(results, 'vitest.json');
  await rm(file, { force: true });
  const args = [
    tool('vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const { status } = await node(args, { allowFailure: true });
  const report = JSON.parse(await readFile(file, 'utf8').catch(() => '{"testResults":[]}'));
  // A file that could not be loaded has no tests to count.
  const broken = report.testResults.filter(
    (each) => each.status === 'failed' && each.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = (report.numFailedTests ?? 0) + broken;
  return { passed: report.numPassedTests ?? 0, failed: status !== 0 && failed === 0 ? 1 : failed };
}

async function typeCheck() {
  await node([tool('typescript/bin/tsc'), '--noEmit']);
  await node([tool('typescript/bin/tsc'), '--noEmit', '-p', 'webview/tsconfig.json']);
}

async function lint() {
  await node([tool('eslint/bin/eslint.js'), '.']);
  await node([tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']);
}

const target = targetOfThisMachine();
const phases = [
  { name: 'dependencies', run: async () => void (await ensureDependencies()) },
  { name: 'lint', needs: ['dependencies'], run: lint },
  { name: 'types', needs: ['dependencies'], run: typeCheck },
  // The development build first: unit tests may run the bundles, and the package below replaces them by its own.
  { name: 'build', needs: ['dependencies'], run: async () => void (await node(['scripts/build.mjs'])) },
  { name: 'unit', needs: ['dependencies'], run: unit },
  {
    name: 'package',
    needs: ['build'],
    run: async () => void (await node(['scripts/package.mjs', '--target', String(target)])),
  },
  {
    name: 'notices',
    needs: ['build'],
    run: async () => void (await node(['scripts/notices.mjs', '--check'])),
  },
  { name: 'browser', run: async () => console.log(await ensureBrowser()) },
  { name: 'editor', run: async () => console.log((await ensureEditor({ strict: true })).entry) },
  ...(existsSync(gallery)
    ? [
        {
          name: 'gallery',
          needs: ['build', 'browser'],
          run: async () => counted('webview-gallery', [gallery], { CHROMIUM: await ensureBrowser() }),
        },
      ]
    : []),
  {
    name: 'webgpu',
    needs: ['build', 'browser'],
    run: () => counted('webgpu', ['--import', 'tsx', 'test/webgpu/run.ts']),
  },
  {
    name: 'integration',
    needs: ['package', 'browser', 'editor'],
    run: () => counted('integration', ['--import', 'tsx', 'test/integration/run.ts']),
  },
  {
    name: 'e2e',
    needs: ['package', 'browser', 'editor'],
    run: () => counted('e2e', ['--import', 'tsx', 'test/e2e/run.ts']),
  },
];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',');
const unknown = (only ?? []).filter((name) => !phases.some((phase) => phase.name === name));
if (unknown.length > 0) {
  console.error(
    `No such phase: ${unknown.join(', ')}. There are: ${phases.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}
await mkdir(results, { recursive: true });
const ok = summarise(await runPhases(phases.filter(({ name }) => only === undefined || only.includes(name))));
process.exitCode = ok ? 0 : 1;
