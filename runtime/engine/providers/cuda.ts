import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** onnxruntime as it is installed. */
export interface InstalledRuntime {
  version: string;
  /** Of its libraries. */
  folder: string;
}

export interface CudaLibraries {
  folder: string;
  /** Changes with the libraries. */
  key: string;
}

const runtimeLibrary = 'libonnxruntime.so.1';
const sharedLibrary = 'libonnxruntime_providers_shared.so';
const cudaLibrary = 'libonnxruntime_providers_cuda.so';

/** The CUDA libraries beside the runtime, or in the folder that was named; else why there are none that fit. */
export function findCuda(
  runtime: InstalledRuntime,
  named: string,
  platform = `${process.platform} ${process.arch}`,
): CudaLibraries | { reason: string } {
  if (platform !== 'linux x64')
    return { reason: `onnxruntime-node has no CUDA for this platform (${platform}).` };
  const folder = [runtime.folder, named].find(
    (each) => each !== '' && existsSync(path.join(each, cudaLibrary)),
  );
  if (folder === undefined) return { reason: howToGetIt(runtime, named) };
  const version = versionOf(folder);
  if (version !== undefined && version !== runtime.version)
    return {
      reason: `${path.join(folder, cudaLibrary)} is of version ${version}, the runtime of ${runtime.version}. ${howToGetIt(runtime, named)}`,
    };
  return { folder, key: `${folder} ${statSync(path.join(folder, cudaLibrary)).mtimeMs}` };
}

/**
 * Variables with which a process finds the libraries. The runtime looks for them beside itself alone, so for those elsewhere it
 * is linked to beside them, in a folder of its own.
 */
export function cudaEnvironment(
  runtime: InstalledRuntime,
  { folder }: CudaLibraries,
  linkFolder: string,
): Record<string, string> {
  if (folder === runtime.folder) return {};
  link(linkFolder, { [runtimeLibrary]: runtime.folder, [sharedLibrary]: folder, [cudaLibrary]: folder });
  const paths = [linkFolder, folder, process.env.LD_LIBRARY_PATH].filter(Boolean);
  return { LD_LIBRARY_PATH: paths.join(path.delimiter) };
}

function howToGetIt({ version, folder }: InstalledRuntime, named: string): string {
  return (
    `CUDA needs ${cudaLibrary} and ${sharedLibrary} of ONNX Runtime ${version} in ${folder}` +
    `${named === '' ? ' or in the folder that "longview.engine.cudaFolder" names' : ` or ${named}`}: both are in the folder lib of ` +
    `onnxruntime-linux-x64-gpu-${version}.tgz, which ONNX Runtime's release page on GitHub has.`
  );
}

/** As the release's archive says it; undefined where the libraries were taken out of it alone. */
function versionOf(folder: string): string | undefined {
  for (const file of [path.join(folder, 'VERSION_NUMBER'), path.join(folder, '..', 'VERSION_NUMBER')])
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const named = readdirSync(folder).flatMap(
    (name) => /^libonnxruntime\.so\.(\d+\.\d+\.\d+)$/.exec(name)?.[1] ?? [],
  );
  return named[0];
}

function link(folder: string, files: Readonly<Record<string, string>>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, from] of Object.entries(files))
    symlinkSync(path.join(from, name), path.join(folder, name));
}
