import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateSnapshot } from '../../../runtime/inference/snapshot';
import { StateStore, type SavedState } from '../../../runtime/state/state-store';

let folder: string;
let problems: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longview-states-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: { model?: string; limitBytes?: number } = {}) =>
  StateStore.open({
    folder,
    model: 'model-a',
    limitBytes: 1e9,
    onProblem: (message) => problems.push(message),
    ...options,
  });

function state(seed: number, length = 10): SavedState & { ids: Int32Array } {
  return { scope: 'here', ids: Int32Array.from({ length }, (_, i) => seed * 1000 + i) };
}

function snapshot(seed: number, length = 10, model = 'model-a'): StateSnapshot {
  const data = Float32Array.from({ length: 256 }, (_, i) => seed + i / 8);
  return { model, length, pending: 0, tensors: [{ name: 'layers.0.state', shape: [2, 128], data }] };
}

const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

describe('StateStore', () => {
  it('gives back after a restart exactly what was saved', async () => {
    const { store } = await open();
    expect(await store.save({ ...state(1), label: 'file:///a.ts' }, snapshot(1))).toBe(true);
    expect(await store.save(state(2, 33), snapshot(2, 33))).toBe(true);
    const again = await open();
    expect(again.saved).toHaveLength(2);
    expect(again.saved).toContainEqual({ ...state(1), label: 'file:///a.ts' });
    expect(await again.store.load(state(1))).toEqual(snapshot(1));
    expect(await again.store.load(state(2, 33))).toEqual(snapshot(2, 33));
    expect(again.store.bytes).toBe(store.bytes);
    expect(problems).toEqual([]);
  });

  it('is readable by its owner alone', async () => {
    const { store } = await open();
    await store.save(state(1), snapshot(1));
    const [file] = files();
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file!)).mode & 0o777).toBe(0o700);
  });

  it('rejects and deletes a file that differs in any byte, or ends early', async () => {
    const { store } = await open();
    await store.save(state(1), snapshot(1));
    const [file] = files();
    const whole = readFileSync(file!);
    for (let at = 0; at < whole.length; at += 13) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x10;
      writeFileSync(file!, damaged);
      const { store: opened, saved } = await open();
      // Damage in front is seen when the store is opened, all other when the state is wanted.
      if (saved.length > 0) expect(await opened.load(saved[0]!), `byte ${at}`).toBeUndefined();
      expect(files(), `byte ${at}`).toEqual([]);
    }
    for (const length of [0, 7, 12, 60, 200, whole.length - 1]) {
      writeFileSync(file!, whole.subarray(0, length));
      const { store: opened, saved } = await open();
      if (saved.length > 0) expect(await opened.load(saved[0]!)).toBeUndefined();
      expect(files()).toEqual([]);
    }
    expect(problems.every((message) => message.includes('damaged'))).toBe(true);
    expect(problems.length).toBeGreaterThan(10);
  });

  it('never takes a whole file for another: of other ids, another workspace, another model', async () => {
    const { store } = await open();
    const other = state(9);
    await store.save(state(1), snapshot(1));
    const [file] = files();
    const bytes = readFileSync(file!);
    for (const place of [other, { ...state(1), scope: 'elsewhere' }]) {
      await store.save(place, snapshot(5));
      const name = files().find((each) => each !== file)!;
      writeFileSync(name, bytes);
      const { saved } = await open();
      expect(saved).toEqual([state(1)]);
      expect(files()).toEqual([file]);
    }

    // A folder of one model under the name of another.
    renameSync(path.dirname(file!), path.join(folder, 'model-b'));
    const foreign = await open({ model: 'model-b' });
    expect(foreign.saved).toEqual([]);
    expect(await foreign.store.load(state(1))).toBeUndefined();
  });

  it('keeps within its limit, all models together: what was not used for longest goes', async () => {
    const one = await open();
    await one.store.save(state(1), snapshot(1));
    const size = one.store.bytes;
    await one.store.save(state(2), snapshot(2));
    const [first, second] = files();
    const old = new Date(Date.now() - 60_000);
    for (const file of [first!, second!]) utimesSync(file, old, old);
    const { store } = await open({ model: 'model-b', limitBytes: 2.5 * size });
    await store.save(state(3), snapshot(3, 10, 'model-b'));
    expect(files()).toHaveLength(2);
    expect(store.bytes).toBeLessThanOrEqual(2.5 * size);
    await store.save(state(4), snapshot(4, 10, 'model-b'));
    expect(await store.load(state(3))).toBeDefined();
    expect(await store.load(state(4))).toBeDefined();
    await store.setLimit(0);
    expect(files()).toEqual([]);
  });

  it('saves nothing that is larger than the limit, and nothing at all with a limit of 0', async () => {
    const { store } = await open({ limitBytes: 0 });
    expect(await store.save(state(1), snapshot(1))).toBe(false);
    expect(files()).toEqual([]);
  });

  it('tells of a disk that refuses, and goes on', async () => {
    const { store } = await open();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder was');
    expect(await store.save(state(1), snapshot(1))).toBe(false);
    expect(problems[0]).toMatch(/not saved/);
    rmSync(folder);
  });

  it('forgets what an unfinished write left behind', async () => {
    const { store } = await open();
    await store.save(state(1), snapshot(1));
    const partial = `${files()[0]}.123-1.tmp`;
    writeFileSync(partial, 'half');
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(partial, old, old);
    const { saved } = await open();
    expect(saved).toHaveLength(1);
    expect(files()).not.toContain(partial);
  });
});
