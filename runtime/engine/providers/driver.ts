import { readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir, release } from 'node:os';
import path from 'node:path';

/** Which drivers there are, as far as files tell without starting any. */
export interface Driver {
  /** In words. */
  name: string;
  /** Another one after an update: what was probed may not hold any more. */
  key: string;
}

/** The kernel's drivers for graphics cards. */
const kernelModules = ['nvidia', 'amdgpu', 'radeon', 'xe', 'i915', 'nouveau'];
/** Changes with every driver that Windows installs, of whatever kind. */
const driverStore = 'C:\\Windows\\System32\\DriverStore\\FileRepository';

/** @param root where the file system begins */
export function installedDriver(platform: NodeJS.Platform = process.platform, root = '/'): Driver {
  if (platform === 'linux') return linuxDriver(root);
  // On macOS the drivers are a part of the system.
  const name = `${platform === 'win32' ? 'Windows' : 'macOS, kernel'} ${release()}`;
  return { name, key: platform === 'win32' ? `${name} ${changed(driverStore)}` : name };
}

function linuxDriver(root: string): Driver {
  const modules = kernelModules.flatMap((name) => {
    const folder = path.join(root, 'sys/module', name);
    if (changed(folder) === 0) return [];
    // What comes with the kernel has its version.
    return `${name} ${read(path.join(folder, 'version')) ?? `of Linux ${release()}`}`;
  });
  const vulkan = vulkanDrivers(root);
  const names = vulkan.map((file) => path.basename(file));
  const name = [...modules, ...(names.length > 0 ? [`Vulkan by ${names.join(', ')}`] : [])].join('; ');
  return {
    name: name || 'none',
    key: [...modules, ...vulkan.map((file) => `${file} ${changed(file)}`)].join('; '),
  };
}

/** The files that tell the Vulkan loader which drivers there are; a package renews them with its libraries. */
function vulkanDrivers(root: string): string[] {
  const named = process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES;
  if (named) return named.split(path.delimiter);
  const folders = ['usr/share/vulkan/icd.d', 'usr/local/share/vulkan/icd.d', 'etc/vulkan/icd.d'];
  return [
    ...folders.map((folder) => path.join(root, folder)),
    path.join(homedir(), '.local/share/vulkan/icd.d'),
  ].flatMap((folder) => list(folder).map((name) => path.join(folder, name)));
}

/** ms; 0 where there is nothing. */
function changed(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
