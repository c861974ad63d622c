/** libSQL's binary package for a target: npm installs only the one of this machine, the others come from the registry. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.mjs';
import { npm, run } from './process.mjs';

/** @returns {Promise<string>} folder that holds the package's package.json and index.node. */
export async function libsqlBinaryFolder({ libsql: name }) {
  const installed = path.join(root, 'node_modules', name);
  if (existsSync(path.join(installed, 'index.node'))) return installed;
  const { version } = JSON.parse(await readFile(path.join(root, 'node_modules/libsql/package.json'), 'utf8'));
  const folder = path.join(root, '.cache', 'libsql', `${path.basename(name)}-${version}`);
  if (!existsSync(path.join(folder, 'index.node'))) await download(`${name}@${version}`, folder);
  return folder;
}

async function download(spec, folder) {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  // npm checks the archive against the registry's own checksum.
  await npm(['pack', spec, '--silent', '--pack-destination', draft], { cwd: draft, tee: false });
  const archive = (await readdir(draft)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${spec} made no archive.`);
  await run('tar', ['-xzf', archive], { cwd: draft, tee: false });
  await rm(folder, { recursive: true, force: true });
  await rename(path.join(draft, 'package'), folder);
  await rm(draft, { recursive: true, force: true });
}
