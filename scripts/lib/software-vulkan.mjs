/** A Vulkan that needs no graphics card, for tests of the WebGPU provider: SwiftShader, which Chromium brings along. */
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { platform } from 'node:process';
import path from 'node:path';
import { root } from './paths.mjs';

const chromiumFolders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/**
 * Environment in which a process finds it; undefined where there is none. The loader is linked into a folder of its own, since
 * Chromium's holds libraries that other programs must not find.
 */
export async function softwareVulkan() {
  if (platform !== 'linux') return undefined;
  const folder = chromiumFolders.find((each) => existsSync(path.join(each, 'vk_swiftshader_icd.json')));
  if (folder === undefined || !existsSync(path.join(folder, 'libvulkan.so.1'))) return undefined;
  const links = path.join(root, '.cache', 'software-vulkan');
  await mkdir(links, { recursive: true });
  const link = path.join(links, 'libvulkan.so.1');
  await rm(link, { force: true });
  await symlink(path.join(folder, 'libvulkan.so.1'), link);
  const before = process.env.LD_LIBRARY_PATH;
  return {
    LD_LIBRARY_PATH: before ? `${links}:${before}` : links,
    VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'),
  };
}
