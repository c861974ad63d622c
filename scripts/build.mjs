/**
 * Bundles the four programs (extension host, engine, inference worker, CLI) and the webview into dist/, and copies the
 * grammars that Longview uses. `--watch` rebuilds on change, `--production` minifies.
 */
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'info',
  legalComments: 'none',
};

const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Native packages stay outside the bundles: they load their own binaries from beside themselves.
  external: ['vscode', 'onnxruntime-node', 'libsql', 'node:sqlite'],
  // Some dependencies are ES modules that ask where they stand.
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const builds = [
  { ...node, entryPoints: { extension: 'extension/extension.ts' }, outdir: 'dist' },
  {
    ...node,
    entryPoints: {
      engine: 'runtime/engine/main.ts',
      'inference-worker': 'runtime/inference/worker.ts',
      longview: 'runtime/cli/main.ts',
    },
    outdir: 'dist',
  },
  {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: { 'webview/main': 'webview/main.ts', 'webview/style': 'webview/style.css' },
    outdir: 'dist',
  },
];

/** Grammars by the name of their wasm file; only these are shipped. */
const grammars = [
  'typescript',
  'tsx',
  'javascript',
  'python',
  'go',
  'rust',
  'java',
  'cpp',
  'c-sharp',
  'ruby',
  'php',
];

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

await copyGrammars();
if (watch) {
  for (const options of builds) await (await esbuild.context(options)).watch();
} else {
  await Promise.all(builds.map((options) => esbuild.build(options)));
}
