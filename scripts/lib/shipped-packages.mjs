/** Which npm packages end up in the extension: bundled, copied as files, or beside the bundles. */
import path from 'node:path';
import * as esbuild from 'esbuild';
import { bundles } from './bundles.mjs';
import { nativeFiles } from './native-files.mjs';
import { root } from './paths.mjs';
import { targetNamed } from './targets.mjs';

const grammarPackages = ['web-tree-sitter', '@vscode/tree-sitter-wasm'];

/** @returns {Promise<string[]>} their folders, absolute, without duplicates. */
export async function shippedPackages() {
  const folders = new Set(grammarPackages.map((name) => path.join(root, 'node_modules', name)));
  for (const folder of await bundledPackages()) folders.add(folder);
  // The binaries of all platforms come from the same releases under the same licences: one platform stands for all.
  for (const { from, to } of await nativeFiles(targetNamed('linux-x64'))) {
    if (isPackageJson(to)) folders.add(path.dirname(from));
  }
  return [...folders];
}

async function bundledPackages() {
  const folders = new Set();
  for (const options of bundles({ production: true })) {
    const { metafile } = await esbuild.build({ ...options, write: false, metafile: true, logLevel: 'error' });
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        if (bytesInOutput > 0 && input.includes('node_modules/'))
          folders.add(packageFolder(path.join(root, input)));
      }
    }
  }
  return folders;
}

/** A package's own package.json, given its place below node_modules. */
function isPackageJson(place) {
  return /^(.*\/node_modules\/)?(@[^/]+\/)?[^/]+\/package\.json$/.test(place.split(path.sep).join('/'));
}

/** The innermost package that a file belongs to. */
function packageFolder(file) {
  const parts = file.split(path.sep);
  const at = parts.lastIndexOf('node_modules') + 1;
  return parts.slice(0, at + (parts[at]?.startsWith('@') ? 2 : 1)).join(path.sep);
}
