/** Lays out the folder that becomes a platform's package. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nativeFiles } from './native-files.mjs';
import { root } from './paths.mjs';

const modelFolder = 'runtime/models/striped-code';
const documents = ['README.md', 'CHANGELOG.md', 'LICENSE', 'ThirdPartyNotices.txt'];

/**
 * Copies what `target` needs into `folder`, which is emptied first. dist/ must hold a production build.
 * Native packages go to dist/node_modules, where the bundles find them first: vsce leaves a node_modules at the top out.
 */
export async function stage(target, folder) {
  await requireModel();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), await manifest());
  await copy(folder, 'dist', (name) => !name.endsWith('.map') && !/[\\/]dist[\\/]test([\\/]|$)/.test(name));
  await copy(folder, 'media');
  await copy(folder, modelFolder);
  for (const name of documents) await copy(folder, name);
  await copy(folder, 'package.nls.json');
  await copy(folder, 'l10n');
  for (const { from, to } of await nativeFiles(target)) {
    await cp(from, path.join(folder, 'dist/node_modules', to), { recursive: true });
  }
}

async function requireModel() {
  const missing = [
    'model.safetensors',
    'graph.onnx',
    'graph.signed.onnx',
    'tokenizer.json',
    'config.json',
    'longview.json',
  ].filter((name) => !existsSync(path.join(root, modelFolder, name)));
  if (missing.length === 0) return;
  throw new Error(
    `The embedded model is missing: ${missing.map((name) => `${modelFolder}/${name}`).join(', ')}. It is part of the repository; check it out whole, or make it with "npm run build-model".`,
  );
}

/** What the editor reads; scripts and development tools mean nothing there. */
async function manifest() {
  const all = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  for (const name of ['scripts', 'devDependencies', 'allowScripts', 'private']) delete all[name];
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

async function copy(folder, name, filter = () => true) {
  const from = path.join(root, name);
  if (!existsSync(from)) throw new Error(`${name} is missing and belongs into the package.`);
  await cp(from, path.join(folder, name), { recursive: true, filter });
}
