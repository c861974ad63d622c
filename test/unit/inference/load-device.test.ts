import { expect, test } from 'vitest';
import type { StateLayout } from '../../../runtime/graph/states';
import type { Backend, BackendOptions } from '../../../runtime/inference/backend';
import { openingDevice } from '../../../runtime/inference/load-device';
import type { PrepareOptions } from '../../../runtime/models/compiled-cache';
import type { ReadyModel } from '../../../runtime/models/model-folder';

const none = { recurrent: [], pending: [], rotations: [], onDevice: true };
const window = { name: 'w', window: 48, keyValueHeads: 1, headSize: 2 };

/** What is prepared, and what the backend is told, for a model whose states on the device are `states`. */
function opening(states: Partial<StateLayout>, precision: 'w8u' | 'int4' | 'float32', damaged = false) {
  const asked: PrepareOptions[] = [];
  const told: BackendOptions[] = [];
  const layout = { ...none, windows: [], longestRun: Infinity, ...states };
  const prepare = (options: PrepareOptions) => {
    asked.push(options);
    const verified = damaged ? Promise.reject(new Error('It is damaged')) : Promise.resolve();
    verified.catch(() => undefined);
    const ready = { graphPath: 'graph', states: layout, key: 'there', weightBytes: 7, verified };
    return Promise.resolve({ ...ready, precision: options.precision } as ReadyModel);
  };
  const backend: Partial<Backend> = {
    openDevice: (options) => {
      told.push(options);
      return Promise.resolve();
    },
  };
  const options = { folder: 'model', cacheFolder: 'cache', prepare };
  const { openDevice } = openingDevice(options, precision, backend as Backend);
  return { asked, told, layout, open: (signal = new AbortController().signal) => openDevice!(signal) };
}

test('the GPU gets its own form of the model, in a precision that it has', async () => {
  const { asked, told, layout, open } = opening({}, 'w8u');
  expect(await open()).toEqual({ longest: 2048, states: layout, weightBytes: 7 });
  expect(asked).toEqual([
    expect.objectContaining({ folder: 'model', provider: 'webgpu', precision: 'int8' }),
  ]);
  expect(told).toEqual([
    { graphPath: 'graph', states: layout, key: 'there', precision: 'int8', provider: 'webgpu', threads: 1 },
  ]);
  for (const precision of ['int4', 'float32'] as const) {
    const same = opening({}, precision);
    await same.open();
    expect(same.asked[0]!.precision).toBe(precision);
  }
});

test.each([
  ['a window', { windows: [window] }],
  ['short runs where they are no blocks', { longestRun: 64 }],
])('%s: blocks are as long as the GPU reads well', async (_, states) => {
  expect((await opening(states, 'int4').open()).longest).toBe(2048);
});

test('what is damaged, or not wanted any more, is not opened', async () => {
  const damaged = opening({}, 'int4', true);
  await expect(damaged.open()).rejects.toThrow(/damaged/);
  const late = opening({}, 'int4');
  await expect(late.open(AbortSignal.abort())).rejects.toMatchObject({ name: 'CancelledError' });
  expect([...damaged.told, ...late.told]).toEqual([]);
});
