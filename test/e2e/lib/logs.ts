/** What is kept of a failed test: a picture, the console, and the logs of server, extension host and Longview. */
import { copyFile, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

export const resultsFolder = path.join(root, 'test-results');

/** Log files below an editor's user data that tell about us. */
export async function editorLogs(userData: string): Promise<string[]> {
  const names = await readdir(path.join(userData, 'logs'), { recursive: true }).catch(() => []);
  return names
    .filter((name) => /Longview\.log$|exthost[^/]*\.log$|remoteagent\.log$/i.test(name))
    .map((name) => path.join(userData, 'logs', name));
}

/** What Longview has said in its newest log, line by line. */
export async function ownLog(userData: string): Promise<string[]> {
  const files = (await editorLogs(userData)).filter((name) => name.endsWith('Longview.log'));
  const times = await Promise.all(files.map(async (name) => (await stat(name)).mtimeMs));
  const newest = files[times.indexOf(Math.max(...times))];
  return newest === undefined ? [] : (await readFile(newest, 'utf8')).trimEnd().split('\n');
}

/** Copies the logs into `folder`, one flat name each. */
export async function saveLogs(
  folder: string,
  userData: string,
  others: string[],
  consoleLines: string[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of [...(await editorLogs(userData)), ...others]) {
    const name = path
      .relative(userData, file)
      .split(path.sep)
      .filter((part) => part !== '..')
      .join('_');
    await copyFile(file, path.join(folder, name)).catch(() => undefined);
  }
  await writeFile(path.join(folder, 'browser-console.txt'), consoleLines.join('\n'));
}
