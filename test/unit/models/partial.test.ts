import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareModel } from '../../../runtime/models/model-folder';
import { partialPath, removeLeftovers, writeWhole } from '../../../runtime/models/partial';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => root.remove());

const hour = 3600_000;
const gone = spawnSync(process.execPath, ['-e', '']).pid;
const stamp = (time: number) => Math.floor(time).toString(36);

/** A folder of half compiled weights that was last written to some time ago. */
function leave(name: string, age = hour, weightsAge = age): void {
  const folder = path.join(root.path, name);
  mkdirSync(folder, { recursive: true });
  const weights = path.join(folder, 'model.safetensors');
  writeFileSync(weights, 'half');
  for (const [place, ms] of [
    [weights, weightsAge],
    [folder, age],
  ] as const)
    utimesSync(place, new Date(Date.now() - ms), new Date(Date.now() - ms));
}

test('what processes that are gone have left goes; what is whole, or may be at work, stays', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    const before = stamp(performance.timeOrigin - 1000);
    const removed = [`key.${gone}.${before}.tmp`, `file.json.${gone}.${before}.tmp`, `.model.${gone}.x.tmp`];
    removed.forEach((name) => leave(name));
    // The number of this very process, from before it began: of one in a container, say.
    leave(`key.${process.pid}.${before}.tmp`);
    const kept = [
      'key',
      'key.tmp',
      `key.${other.pid}.${before}.tmp`,
      path.basename(partialPath('key')),
      `notes.${gone}.tmp`,
    ];
    kept.forEach((name) => leave(name));
    // Written to a moment ago: by a process that is not seen from here, perhaps.
    leave(`young.${gone}.x.tmp`, 60_000);
    leave(`growing.${gone}.x.tmp`, hour, 60_000);
    kept.push(`young.${gone}.x.tmp`, `growing.${gone}.x.tmp`);
    await removeLeftovers(root.path);
    expect(readdirSync(root.path).sort()).toEqual(kept.sort());
    await removeLeftovers(path.join(root.path, 'nowhere'));
  } finally {
    other.kill('SIGKILL');
  }
});

test('a model that is compiled takes the place of what was left behind', async () => {
  const folder = path.join(root.path, 'model');
  writeTinyModel(folder);
  leave(`cache/compiled/${'0'.repeat(32)}.${gone}.x.tmp`);
  const { graphPath } = await prepareModel({ folder, cacheFolder: path.join(root.path, 'cache') });
  expect(readdirSync(path.join(root.path, 'cache/compiled'))).toEqual([
    path.basename(path.dirname(graphPath)),
  ]);
});

test('a file is written whole, for its owner alone, or left as it was', () => {
  const file = path.join(root.path, 'deep', 'notes.json');
  writeWhole(file, 'one');
  writeWhole(file, 'two');
  expect(readFileSync(file, 'utf8')).toBe('two');
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  const folder = path.join(root.path, 'folder');
  mkdirSync(path.join(folder, 'full'), { recursive: true });
  expect(() => writeWhole(folder, 'three')).toThrow();
  expect(readdirSync(root.path).sort()).toEqual(['deep', 'folder']);
});
