import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Priority } from '../../../runtime/inference/language-model';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import { SavedStates } from '../../../runtime/state/saved-states';
import { StateStore } from '../../../runtime/state/state-store';
import { FakeModel } from '../fakes/language-model';

const work = { priority: Priority.Completion };
const text = (n: number, seed = 100) => Array.from({ length: n }, (_, i) => seed + i);
const always = () => true;

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'longview-states-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As a process that has just started. */
async function started(limitBytes = Infinity) {
  const model = new FakeModel();
  const { store, saved } = await StateStore.open({
    folder,
    model: model.info.stateKey,
    limitBytes: 1e9,
    onProblem: () => undefined,
  });
  return { model, checkpoints: new Checkpoints(model, limitBytes, new SavedStates(store, saved)) };
}

const stateFiles = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.state'));

describe('checkpoints on disk', () => {
  it('after a restart what was read before is not read again', async () => {
    const before = await started();
    const keep = { at: [200, 300], save: [200], latest: { at: 300, label: 'a' } };
    await before.checkpoints.resume('w', text(300), keep, work);
    expect(before.checkpoints.hasUnsaved).toBe(true);
    expect(await before.checkpoints.persist(work, always)).toBe(2);
    expect(before.checkpoints.hasUnsaved).toBe(false);

    const { model, checkpoints } = await started();
    const resumed = await checkpoints.resume('w', [...text(300), 7], { at: [] }, work);
    expect(resumed).toMatchObject({ tokensRead: 1, tokensReused: 300, fromDisk: true });
    expect(model.ids(resumed.state)).toEqual([...text(300), 7]);
    const edited = await checkpoints.resume('w', [...text(250), 9], { at: [] }, work);
    expect(edited).toMatchObject({ tokensRead: 51, fromDisk: true });
    expect(model.tokensRead).toBe(52);
  });

  it('memory comes first where the disk spares little', async () => {
    const { checkpoints } = await started();
    await checkpoints.resume('w', text(300), { at: [290, 300], save: [300] }, work);
    await checkpoints.persist(work, always);
    checkpoints.clear();
    await checkpoints.resume('w', text(290), { at: [290] }, work);
    expect(await checkpoints.resume('w', text(300), { at: [] }, work)).toMatchObject({
      tokensRead: 10,
      fromDisk: false,
    });
  });

  it('a damaged state is read anew, and the answer is the same', async () => {
    const before = await started();
    await before.checkpoints.resume('w', text(300), { at: [300], save: [300] }, work);
    await before.checkpoints.persist(work, always);
    const [name] = stateFiles();
    const bytes = readFileSync(path.join(folder, name!));
    bytes[bytes.length - 100]! ^= 1;
    writeFileSync(path.join(folder, name!), bytes);

    const { model, checkpoints } = await started();
    const resumed = await checkpoints.resume('w', text(300), { at: [] }, work);
    expect(resumed).toMatchObject({ tokensRead: 300, fromDisk: false });
    expect(model.ids(resumed.state)).toEqual(text(300));
    expect(stateFiles()).toEqual([]);
  });

  it('of a cursor that moves on only the newest place stays on disk', async () => {
    const { checkpoints } = await started();
    for (let typed = 0; typed < 4; typed++) {
      const ids = [...text(100), ...text(typed, 900)];
      await checkpoints.resume(
        'w',
        ids,
        { at: [100, ids.length], save: [100], latest: { at: ids.length, label: 'a' } },
        work,
      );
      if (typed % 2 === 1) await checkpoints.persist(work, always);
    }
    expect(stateFiles()).toHaveLength(2);
    const { checkpoints: later } = await started();
    expect(later.reusable('w', [...text(100), ...text(3, 900)])).toBe(103);
    // Known under its label after a restart too.
    const ids = [...text(100), 5, 5, 5, 5];
    await later.resume('w', ids, { at: [ids.length], latest: { at: ids.length, label: 'a' } }, work);
    await later.persist(work, always);
    expect(stateFiles()).toHaveLength(2);
  });

  it('writes no state whose text may not be kept, and none of another workspace is found', async () => {
    const { model, checkpoints } = await started();
    const ids = model.tokenizer.encode('const key = "-----BEGIN PRIVATE KEY-----";'.repeat(3));
    await checkpoints.resume('w', ids, { at: [ids.length], save: [ids.length] }, work);
    await checkpoints.persist(work, (kept) => !kept.includes('PRIVATE KEY'));
    expect(stateFiles()).toEqual([]);
    expect(checkpoints.hasUnsaved).toBe(false);
    await checkpoints.resume('w', text(100), { at: [100], save: [100] }, work);
    await checkpoints.persist(work, always);
    expect(checkpoints.reusable('w', text(100))).toBe(100);
    expect(checkpoints.reusable('v', text(100))).toBe(0);
  });

  it('what memory had to drop stays on disk', async () => {
    const { model, checkpoints } = await started(2 * new FakeModel().info.stateBytes);
    for (let seed = 1; seed <= 5; seed++) {
      const ids = text(100, seed * 1000);
      const { state } = await checkpoints.resume('w', ids, { at: [100], save: [100] }, work);
      model.release(state);
      await checkpoints.persist(work, always);
    }
    expect(checkpoints.size).toBeLessThanOrEqual(2);
    expect(stateFiles()).toHaveLength(5);
    const { tokensRead } = await checkpoints.resume('w', text(100, 1000), { at: [] }, work);
    expect(tokensRead).toBe(0);
  });
});
