/**
 * `npm run package -- [--target linux-x64] [--no-build]`: builds longview-<target>.vsix, which holds that platform's
 * runtime only. Without a target: this machine's.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { stage } from './lib/stage.mjs';
import { targetNamed, targetOfThisMachine } from './lib/targets.mjs';

/** Bytes; the marketplace itself takes more, but nobody should have to download it. */
const sizeLimit = 120e6;

const { values } = parseArgs({
  options: { target: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});

try {
  const target = targetNamed(values.target ?? targetOfThisMachine() ?? `${process.platform}-${process.arch}`);
  if (!values['no-build'])
    await run(process.execPath, [path.join(root, 'scripts/build.mjs'), '--production']);
  const folder = path.join(root, '.cache', 'stage', target.name);
  await stage(target, folder);
  const file = path.join(root, `longview-${target.name}.vsix`);
  await pack(folder, target.name, file);
  await report(file);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function pack(folder, target, file) {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  // There is no public repository yet that relative links and images could be pointed at.
  const options = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--target',
    target,
    '--out',
    file,
  ];
  await run(process.execPath, [vsce, 'package', ...options], { cwd: folder, tee: false });
}

async function report(file) {
  const { size } = await stat(file);
  console.log(`${path.basename(file)}: ${(size / 1e6).toFixed(1)} MB`);
  if (size > sizeLimit) throw new Error(`${path.basename(file)} is larger than ${sizeLimit / 1e6} MB.`);
}
