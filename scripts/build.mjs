/**
 * Bundles the five programs (extension host, engine, inference worker, probe of providers, CLI) and the webview into dist/,
 * and copies the grammars that Longview uses. `--watch` rebuilds on change, `--production` minifies.
 */
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { bundles, grammars } from './lib/bundles.mjs';
import { root } from './lib/paths.mjs';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

async function copyGrammars() {
  const target = path.join(root, 'dist', 'grammars');
  await mkdir(target, { recursive: true });
  const modules = path.join(root, 'node_modules');
  await cp(
    path.join(modules, 'web-tree-sitter', 'web-tree-sitter.wasm'),
    path.join(target, 'web-tree-sitter.wasm'),
  );
  for (const name of grammars) {
    await cp(
      path.join(modules, '@vscode/tree-sitter-wasm/wasm', `tree-sitter-${name}.wasm`),
      path.join(target, `tree-sitter-${name}.wasm`),
    );
  }
}

// A package must hold nothing that an earlier build left behind.
if (production) await rm(path.join(root, 'dist'), { recursive: true, force: true });
await copyGrammars();
const builds = bundles({ production });
if (watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  const outcomes = await Promise.allSettled(builds.map((options) => esbuild.build(options)));
  // esbuild has printed what is wrong, and where.
  if (outcomes.some(({ status }) => status === 'rejected')) process.exitCode = 1;
}
