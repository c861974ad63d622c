/** Makes one script of all suites, as the extension host loads it: `dist/test/integration.js`, which exports `run`. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from '../../scripts/lib/paths.mjs';

export async function bundleSuites(): Promise<string> {
  const folder = path.join(root, 'test/integration');
  const names = (await readdir(path.join(folder, 'suites'))).filter((name) => name.endsWith('.ts')).sort();
  if (names.length === 0) throw new Error('test/integration/suites holds no tests.');
  const suites = names.map((name) => path.basename(name, '.ts'));
  const outfile = path.join(root, 'dist/test/integration.js');
  await esbuild.build({
    stdin: {
      contents: [
        "import { runSuites } from './index';",
        ...suites.map((name, i) => `import { tests as suite${i} } from './suites/${name}';`),
        `export const run = () => runSuites({ ${suites.map((name, i) => `${JSON.stringify(name)}: suite${i}`).join(', ')} });`,
      ].join('\n'),
      resolveDir: folder,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
