import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { nativePackages } from '../../../scripts/lib/bundles.mjs';

const root = path.join(__dirname, '..', '..', '..');

export interface Program {
  path: string;
  remove(): void;
}

/** Bundles a program of the tests, so that plain Node can run it. It lies in the checkout, where native packages are found. */
export async function bundleProgram(entry: string): Promise<Program> {
  const cache = path.join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'program-'));
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: [...nativePackages, 'node:sqlite'],
    logLevel: 'error',
  });
  return { path: outfile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
