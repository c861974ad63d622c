/** Makes node_modules what package-lock.json says, and leaves it alone where it is that already. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.mjs';
import { npm } from './process.mjs';

const minimumNode = 20;

export function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < minimumNode)
    throw new Error(`Longview needs Node.js ${minimumNode} or newer; this is ${process.versions.node}.`);
}

/** @returns {Promise<boolean>} whether anything had to be installed. */
export async function ensureDependencies() {
  requireNode();
  if (!(await isStale())) return false;
  console.log('Installing dependencies (npm ci)');
  await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  return true;
}

/** npm keeps a lock file of what it installed; what is optional there depends on the platform. */
async function isStale() {
  const [wanted, installed] = await Promise.all([
    packagesOf('package-lock.json'),
    packagesOf('node_modules/.package-lock.json'),
  ]);
  if (wanted === undefined) throw new Error('package-lock.json is missing or damaged; check it out again.');
  if (installed === undefined) return true;
  return Object.entries(wanted).some(([place, { version, optional, devOptional, peer, link }]) => {
    if (place === '' || link) return false;
    const found = installed[place];
    if (found === undefined) return !(optional || devOptional || peer);
    return found.version !== version;
  });
}

async function packagesOf(name) {
  try {
    return JSON.parse(await readFile(path.join(root, name), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
