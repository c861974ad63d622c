import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { modelsFolderName } from '../../runtime/protocol/models';
import { folderBytes } from './bytes';

/** What Longview saved by itself: all in its folder but the models, which the user has added. */
async function saved(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name !== modelsFolderName).map((name) => path.join(folder, name));
}

export async function clearableBytes(folder: string): Promise<number> {
  const sizes = await Promise.all((await saved(folder)).map(folderBytes));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Deletes it. @returns the bytes freed */
export async function clearFolder(folder: string): Promise<number> {
  const bytes = await clearableBytes(folder);
  for (const each of await saved(folder)) await rm(each, { recursive: true, force: true });
  return bytes;
}
