/** The bundles in dist/, as options for esbuild: shared by the build and by the list of what is shipped. */
import { root } from './paths.mjs';

/** Native packages stay outside the bundles: they load their own binaries from beside themselves. */
export const nativePackages = ['onnxruntime-node', 'libsql'];

/** Grammars by the name of their wasm file; only these are shipped. */
export const grammars = [
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

/** @param {{production: boolean}} options production: minified, without source maps. */
export function bundles({ production }) {
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    logLevel: 'warning',
    legalComments: 'none',
  };
  const node = {
    ...common,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', ...nativePackages, 'node:sqlite'],
    // Some dependencies are ES modules that ask where they stand.
    define: { 'import.meta.url': '__bundleUrl' },
    banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    outdir: 'dist',
  };
  return [
    { ...node, entryPoints: { extension: 'extension/extension.ts' } },
    {
      ...node,
      entryPoints: {
        engine: 'runtime/engine/main.ts',
        'inference-worker': 'runtime/inference/worker.ts',
        'provider-probe': 'runtime/engine/providers/main.ts',
        longview: 'runtime/cli/main.ts',
      },
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
}
