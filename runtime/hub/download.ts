import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { downloadFile } from '@huggingface/hub';
import { UserError, throwIfAborted } from '../protocol/errors';
import type { HubFile, HubPlan } from '../protocol/models';
import { checksumOf, updateFromFile } from './checksum';
import { connectionOf, hubError, type HubOptions } from './connection';

export interface DownloadOptions extends HubOptions {
  /** Below it a folder is made for this very commit of the repository. */
  downloads: string;
  onProgress?: (done: number, total: number) => void;
  /** Called with the folder once it holds what describes the model, before its weights come: may refuse it. */
  check?: (folder: string) => Promise<void> | void;
  /** Bytes that may be written on the disk of a folder. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** Compiled weights are written beside the downloaded ones: one byte where those have two. */
const shareForCompiling = 0.6;

/**
 * Downloads what `plan` lists. A download that was interrupted goes on where it stopped; every file is compared with its
 * checksum before it has its name.
 * @returns the folder
 * @throws UserError where the disk is too small, the connection fails, or a file is not what it should be
 */
export async function downloadModel(plan: HubPlan, options: DownloadOptions): Promise<string> {
  const folder = downloadFolder(plan, options.downloads);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await checkSpace(plan, folder, options.freeBytes ?? freeBytesOf);
  const report = (done: number) => options.onProgress?.(done, plan.bytes);
  let done = 0;
  let checked = false;
  for (const file of plan.files) {
    if (!checked && isWeights(file)) {
      await options.check?.(folder);
      checked = true;
    }
    const before = done;
    try {
      await fetchFile(plan, file, folder, options, (bytes) => report(before + bytes));
    } catch (error) {
      throw hubError(error, plan.repository, options);
    }
    report((done += file.size));
  }
  return folder;
}

/** Where the files of this commit are put. */
export function downloadFolder({ repository, revision }: HubPlan, downloads: string): string {
  return path.join(downloads, `${repository.replace('/', '--')}@${revision.slice(0, 12)}`);
}

const isWeights = ({ path: name }: HubFile) => /\.(safetensors|bin)$/.test(name);

async function fetchFile(
  { repository, revision }: HubPlan,
  file: HubFile,
  folder: string,
  options: DownloadOptions,
  onBytes: (done: number) => void,
): Promise<void> {
  const target = path.join(folder, file.path);
  if ((await sizeOf(target)) === file.size) return;
  const partial = `${target}.part`;
  // More than there should be is another file's.
  if ((await sizeOf(partial)) > file.size) await rm(partial);
  const checksum = checksumOf(file);
  let done = await sizeOf(partial);
  if (done > 0) await updateFromFile(checksum, partial);
  const handle = await open(partial, 'a', 0o600);
  try {
    throwIfAborted(options.signal);
    if (done < file.size) {
      const blob = await downloadFile({
        ...connectionOf(options),
        repo: repository,
        path: file.path,
        revision,
        xet: false,
      });
      if (blob?.size !== file.size) throw new UserError(`${repository} has changed meanwhile. Try again.`);
      for await (const chunk of blob.slice(done, file.size).stream()) {
        throwIfAborted(options.signal);
        done += chunk.length;
        if (done > file.size) break;
        await handle.writeFile(chunk);
        checksum?.update(chunk);
        onBytes(done);
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (done < file.size) throw new Error('the connection ended early');
  if (done > file.size || checksum?.fits() === false) {
    await rm(partial);
    throw new UserError(
      `${file.path} of ${repository} arrived damaged: its checksum is not what the hub says. It was deleted; try again.`,
    );
  }
  await rename(partial, target);
}

async function checkSpace(plan: HubPlan, folder: string, freeBytes: (folder: string) => Promise<number>) {
  let missing = 0;
  for (const { path: name, size } of plan.files) {
    const target = path.join(folder, name);
    missing += size - Math.min(size, Math.max(await sizeOf(target), await sizeOf(`${target}.part`)));
  }
  const needed = missing + shareForCompiling * plan.bytes;
  const free = await freeBytes(folder);
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (free < needed)
    throw new UserError(
      `${plan.repository} needs ${gigabytes(needed)} on the disk of ${folder}, where ${gigabytes(free)} are free. ` +
        'Free some space, or choose a smaller model.',
    );
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
