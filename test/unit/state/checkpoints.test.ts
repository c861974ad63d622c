import { describe, expect, it } from 'vitest';
import { Priority } from '../../../runtime/inference/language-model';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import { FakeModel } from '../fakes/language-model';

const work = { priority: Priority.Completion };
const text = (n: number) => Array.from({ length: n }, (_, i) => 100 + i);

describe('Checkpoints', () => {
  it('reads a text once, and afterwards only what follows the longest kept prefix', async () => {
    const model = new FakeModel();
    const checkpoints = new Checkpoints(model, Infinity);
    const first = await checkpoints.resume('', text(300), { at: [200, 300] }, work);
    expect(first).toMatchObject({ tokensRead: 300, tokensReused: 0 });
    const typed = await checkpoints.resume('', [...text(300), 7], { at: [] }, work);
    expect(typed).toMatchObject({ tokensRead: 1, tokensReused: 300 });
    const edited = await checkpoints.resume('', [...text(250), 9, 9], { at: [] }, work);
    expect(edited).toMatchObject({ tokensRead: 52, tokensReused: 200 });
    expect(model.ids(edited.state)).toEqual([...text(250), 9, 9]);
  });

  it('never lets a read change a kept state', async () => {
    const model = new FakeModel();
    const checkpoints = new Checkpoints(model, Infinity);
    const { state } = await checkpoints.resume('', text(10), { at: [10] }, work);
    await model.read(state, [1, 2, 3], work);
    const again = await checkpoints.resume('', text(10), { at: [] }, work);
    expect(model.ids(again.state)).toEqual(text(10));
  });

  it('keeps what was read up to the last checkpoint when cancelled, and leaks no state', async () => {
    const model = new FakeModel();
    const checkpoints = new Checkpoints(model, Infinity);
    const abort = new AbortController();
    const reading = model.read.bind(model);
    model.read = async (state, ids, options) => {
      await reading(state, ids, options);
      if (state.length >= 128) abort.abort();
    };
    await expect(
      checkpoints.resume('', text(400), { at: [128, 256] }, { ...work, signal: abort.signal }),
    ).rejects.toThrow('Cancelled');
    expect(checkpoints.reusable('', text(400))).toBe(128);
    expect(model.held.size).toBe(1);
  });

  it('drops states beyond its limit, never the newest', async () => {
    const model = new FakeModel();
    const checkpoints = new Checkpoints(model, 300);
    for (let i = 0; i < 10; i++) {
      const { state } = await checkpoints.resume('', [i, ...text(20)], { at: [21] }, work);
      model.release(state);
    }
    expect(model.stateBytesHeld()).toBeLessThanOrEqual(300);
    expect(checkpoints.reusable('', [9, ...text(20)])).toBe(21);
  });

  it('lets one that saves much outlive several that save little', async () => {
    const model = new FakeModel();
    const checkpoints = new Checkpoints(model, 400);
    const long = text(2000);
    model.release((await checkpoints.resume('', long, { at: [2000] }, work)).state);
    for (let i = 0; i < 5; i++)
      model.release((await checkpoints.resume('', [i, 1, 2], { at: [3] }, work)).state);
    expect(checkpoints.reusable('', long)).toBe(2000);
  });

  it('never keeps a state under a shorter text than it holds', async () => {
    const model = new FakeModel();
    const checkpoints = new Checkpoints(model, Infinity);
    // Only the whole is kept at first; the second reading asks for a checkpoint that lies within it.
    model.release((await checkpoints.resume('', text(300), { at: [300] }, work)).state);
    model.release((await checkpoints.resume('', [...text(300), 7], { at: [100, 301] }, work)).state);
    const { state } = await checkpoints.resume('', [...text(100), 9], { at: [] }, work);
    expect(model.ids(state)).toEqual([...text(100), 9]);
  });
});
