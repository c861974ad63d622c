/** Which files of the native packages a target's package holds: what runs there, nothing else. */
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { libsqlBinaryFolder } from './libsql-binary.mjs';
import { root } from './paths.mjs';

const modules = path.join(root, 'node_modules');

/**
 * @returns {Promise<{from: string, to: string}[]>} absolute source, and its place below `node_modules/`.
 */
export async function nativeFiles(target) {
  return [...(await onnxRuntime(target)), ...(await onnxRuntimeCommon()), ...(await libsql(target))];
}

async function onnxRuntime({ os, arch }) {
  const folder = path.join(modules, 'onnxruntime-node');
  const binaries = path.join('bin', 'napi-v6', os, arch);
  if (!existsSync(path.join(folder, binaries)))
    throw new Error(`onnxruntime-node has no binaries for ${os}-${arch}.`);
  const wanted = await neededLibraries(path.join(folder, binaries), os);
  return place(
    folder,
    ['package.json', ...(await scripts(folder, 'dist')), ...wanted.map((name) => path.join(binaries, name))],
    'onnxruntime-node',
  );
}

/**
 * macOS: the library comes twice, under the name that the binding asks for and under its full version.
 * Windows: DirectML.dll (18 MB, its own licence) is loaded on first use of the `dml` provider, which Longview has not.
 */
async function neededLibraries(folder, os) {
  const names = await readdir(folder);
  if (os === 'win32') return names.filter((name) => name !== 'DirectML.dll');
  if (os !== 'darwin') return names;
  const binding = await readFile(path.join(folder, 'onnxruntime_binding.node'), 'latin1');
  const kept = names.filter((name) => !name.endsWith('.dylib') || binding.includes(`@rpath/${name}`));
  if (!kept.some((name) => name.endsWith('.dylib')))
    throw new Error('onnxruntime_binding.node links none of the dylibs beside it.');
  return kept;
}

async function onnxRuntimeCommon() {
  const folder = path.join(modules, 'onnxruntime-common');
  // dist/cjs/package.json says that these are CommonJS, against the package's own "type": "module".
  return place(
    folder,
    ['package.json', 'dist/cjs/package.json', ...(await scripts(folder, 'dist/cjs'))],
    'onnxruntime-common',
  );
}

async function libsql(target) {
  if (target.libsql === undefined) return [];
  const packages = ['libsql', '@neon-rs/load', 'libsql/node_modules/detect-libc'];
  const files = [];
  for (const name of packages) {
    const folder = path.join(modules, name);
    files.push(...place(folder, ['package.json', ...(await scripts(folder, '.'))], name));
  }
  return [
    ...files,
    ...place(await libsqlBinaryFolder(target), ['package.json', 'index.node'], target.libsql),
  ];
}

/** JavaScript below `folder/sub`, nested packages left out. */
async function scripts(folder, sub) {
  const entries = await readdir(path.join(folder, sub), { recursive: true });
  return entries
    .filter((name) => /\.c?js$/.test(name) && !/(^|[\\/])node_modules[\\/]/.test(name))
    .map((name) => path.join(sub, name));
}

function place(folder, names, packageName) {
  return names.map((name) => ({ from: path.join(folder, name), to: path.join(packageName, name) }));
}
