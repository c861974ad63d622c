import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { InstalledRuntime } from './providers/cuda';

/** Files that the engine needs and that are shipped with it. */
export interface EngineAssets {
  version: string;
  /** Bundle of the inference worker; absent when run from sources: then the model runs in the engine's own thread. */
  workerPath?: string;
  /** Bundle of the process that probes providers; absent when run from sources: then nothing is probed. */
  probePath?: string;
  /** Absent where there is none for the platform. */
  runtime?: InstalledRuntime;
  grammarsFolder: string;
}

/** @param folder where the running program lies: `dist/` in a build, a folder of `runtime/` when run from sources */
export function findAssets(folder: string): EngineAssets {
  const root = findRoot(folder);
  const worker = path.join(root, 'dist', 'inference-worker.js');
  const probe = path.join(root, 'dist', 'provider-probe.js');
  return {
    version: (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string })
      .version,
    ...(existsSync(worker) && { workerPath: worker }),
    ...(existsSync(probe) && { probePath: probe }),
    runtime: installedRuntime(worker),
    grammarsFolder:
      builtGrammars(root) ?? path.join(root, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm'),
  };
}

/** As a program in `dist/` finds it. */
function installedRuntime(program: string): InstalledRuntime | undefined {
  try {
    const manifest = createRequire(program).resolve('onnxruntime-node/package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const folder = path.join(path.dirname(manifest), 'bin/napi-v6', process.platform, process.arch);
    return existsSync(folder) ? { version, folder } : undefined;
  } catch {
    return undefined;
  }
}

function builtGrammars(root: string): string | undefined {
  const folder = path.join(root, 'dist', 'grammars');
  return existsSync(folder) ? folder : undefined;
}

/** The folder of the extension: the nearest one above that holds Longview's manifest. */
export function findRoot(folder: string): string {
  const manifest = path.join(folder, 'package.json');
  if (existsSync(manifest)) return folder;
  const parent = path.dirname(folder);
  if (parent === folder)
    throw new Error('Longview is incomplete: its package.json is missing. Install it again.');
  return findRoot(parent);
}
