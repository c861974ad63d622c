import { expect, test } from 'vitest';
import { measureDecoding, measureReading, sideBySide } from '../../../runtime/evaluation/speed';
import type { WorkOptions } from '../../../runtime/inference/language-model';
import { CancelledError, UserError } from '../../../runtime/protocol/errors';
import { FakeModel } from '../fakes/language-model';

test('a baseline is measured in turn with the model, and its figures stand under their own key', async () => {
  const order: string[] = [];
  const named = (name: string) => {
    const model = new FakeModel('x');
    const create = model.create.bind(model);
    model.create = () => (order.push(name), create());
    return model;
  };
  const shown: [string, number, number][] = [];
  const read = await sideBySide(measureReading, [100, 200], [named('model'), named('baseline')], {
    onProgress: (...progress) => shown.push(progress),
  });
  expect(order).toEqual(['model', 'baseline', 'model', 'baseline']);
  expect(read.map(({ tokens, baseline }) => [tokens, baseline!.tokens])).toEqual([
    [100, 100],
    [200, 200],
  ]);
  expect(read[0]!.tokensPerSecond).toBeGreaterThan(0);
  expect(shown).toEqual([
    ['100 tokens', 0, 2],
    ['200 tokens', 1, 2],
  ]);

  const decoded = await sideBySide(measureDecoding, [10], [new FakeModel('x'), new FakeModel('x')]);
  expect(decoded[0]).toMatchObject({ after: 10, baseline: { after: 10 } });
  expect(decoded[0]!.tokensPerSecond).toBeGreaterThan(0);
});

test('without a baseline there is none', async () => {
  const [read] = await sideBySide(measureReading, [100], [new FakeModel('x')]);
  expect(Object.keys(read!)).toEqual(['tokens', 'tokensPerSecond', 'stateMB', 'cpuSeconds', 'peakMB']);
});

/** Reads 50 tokens at once, and takes `ms` for them. */
function slowModel(ms: number): FakeModel {
  const model = new FakeModel('x');
  const read = model.read.bind(model);
  model.read = async (state, ids, options: WorkOptions) => {
    for (let at = 0; at < ids.length; at += 50) {
      if (options.signal?.aborted) throw new CancelledError();
      await new Promise((resolve) => setTimeout(resolve, ms));
      await read(state, ids.slice(at, at + 50), { priority: options.priority });
    }
  };
  return model;
}

test('what is read within the limit counts, and longer texts are left out', async () => {
  for (const measure of [measureReading, measureDecoding]) {
    const model = slowModel(40);
    const results = await sideBySide<{ tokens?: number; after?: number; stopped?: string }>(
      measure,
      [50, 10_000, 20_000],
      [model],
      { limitSeconds: 0.2 },
    );
    expect(results).toHaveLength(2);
    const [first, second] = results.map(({ tokens, after }) => tokens ?? after!);
    expect(first).toBe(50);
    expect(second).toBeGreaterThanOrEqual(50);
    expect(second).toBeLessThan(1000);
    expect(results.map(({ stopped }) => stopped)).toEqual([undefined, '10000 tokens took longer than 0.2 s']);
    expect(model.held.size).toBe(0);
  }
});

test('a baseline that is too slow is left out, the model goes on', async () => {
  const results = await sideBySide(measureReading, [100, 500, 600], [new FakeModel('x'), slowModel(60)], {
    limitSeconds: 0.2,
  });
  expect(results.map(({ tokens }) => tokens)).toEqual([100, 500, 600]);
  expect(results.map(({ baseline }) => baseline?.stopped !== undefined)).toEqual([false, true, false]);
  expect(results[2]!.baseline).toBeUndefined();
});

test('where memory ends, what was measured before it stays; a defect and a given up measurement do not', async () => {
  const failing = (error: Error) => {
    const model = new FakeModel('x');
    const read = model.read.bind(model);
    model.read = (state, ids, options) =>
      ids.length > 150 ? Promise.reject(error) : read(state, ids, options);
    return model;
  };
  const full = failing(new UserError('No memory is left.'));
  const results = await sideBySide(measureReading, [100, 200, 300], [full]);
  expect(results).toMatchObject([{ tokens: 100, stopped: '200 tokens: No memory is left.' }]);
  expect(full.held.size).toBe(0);
  await expect(sideBySide(measureReading, [200], [full])).rejects.toThrow('No memory is left.');
  await expect(sideBySide(measureReading, [100, 200], [failing(new Error('x'))])).rejects.toThrow('x');
  const signal = AbortSignal.abort();
  await expect(sideBySide(measureReading, [100], [new FakeModel('x')], { signal })).rejects.toThrow();
});
