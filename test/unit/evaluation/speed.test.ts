import { expect, test } from 'vitest';
import { measureDecoding, measureReading, sideBySide } from '../../../runtime/evaluation/speed';
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
  expect(shown.map(([, done, total]) => `${done}/${total}`)).toEqual(['0/2', '0/2', '1/2', '1/2']);

  const decoded = await sideBySide(measureDecoding, [10], [new FakeModel('x'), new FakeModel('x')]);
  expect(decoded[0]).toMatchObject({ after: 10, baseline: { after: 10 } });
});

test('without a baseline there is none', async () => {
  const [read] = await sideBySide(measureReading, [100], [new FakeModel('x')]);
  expect(Object.keys(read!)).toEqual(['tokens', 'tokensPerSecond', 'cpuSeconds', 'peakMB']);
});
