import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { greedySteps } from '../../../runtime/graph/greedy-graph';
import type { StateLayout } from '../../../runtime/graph/states';
import { DeviceLedger } from '../../../runtime/inference/device-ledger';
import {
  DeviceRoom,
  needsRoom,
  type Before,
  type Room,
  type Run,
} from '../../../runtime/inference/device-room';
import type { Session, Tensor } from '../../../runtime/inference/session';
import { writtenShapes } from '../../../runtime/inference/written';

/** Memory of a device that is there. */
const live = new Set<Tensor>();
/** Tokens that caches were copied into, one run after the other. */
let copied: number[] = [];
let failing = false;

function tensor(dims: readonly number[]): Tensor {
  const made = { dims, dispose: () => live.delete(made) } as unknown as Tensor;
  live.add(made);
  return made;
}

/** Runs nothing: gives tensors of the shapes that the graphs of a room give. */
const fake = {
  provider: 'webgpu',
  view: (of: Tensor, dims: readonly number[]) => ({ dims, of, dispose: () => undefined }),
  lastSize: () => 70,
  int64: (...values: number[]) => ({ dims: [values.length], values }),
  float32: (_: Float32Array, dims: readonly number[]) => ({ dims }),
  release: () => Promise.resolve(),
  run: (feeds: Record<string, { dims: number[]; values?: number[] }>, wanted: string[]) => {
    if (failing) return Promise.reject(new Error('no memory'));
    const tokens = feeds['used'] && feeds['used'].values![0]! + feeds['added']!.values![6]!;
    if (tokens) copied.push(tokens);
    return Promise.resolve(
      Object.fromEntries(wanted.map((name) => [name, tensor(tokens ? [1, 2, tokens, 8] : [1])])),
    );
  },
} as unknown as Session;

vi.mock('../../../runtime/inference/session', () => ({ openGraph: () => Promise.resolve(fake) }));

const window = { keyValueHeads: 2, headSize: 8 };
const layout: StateLayout = {
  recurrent: [{ name: 's', shape: [3, 4] }],
  pending: [],
  windows: [
    { ...window, name: 'all', window: Infinity },
    { ...window, name: 'last', window: 5 },
  ],
  rotations: [],
  longestRun: Infinity,
  onDevice: true,
};
const empty: Before = { length: 0, held: { byName: new Map() } };
const caches = 2;
/** Tensors of a state besides its caches, and four that a greedy run leaves. */
const set = 3 + 4;

interface State extends Before {
  held: Room;
}

beforeEach(() => {
  live.clear();
  copied = [];
  failing = false;
});

function reading(room: DeviceRoom) {
  return async (before: Before, count: number, behind = 0, written?: Run['written']): Promise<State> => ({
    length: before.length + count,
    held: await room.reserve(before, { count, behind, written }),
  });
}

test('only what keeps everything needs room', () => {
  expect(needsRoom(layout)).toBe(true);
  expect(needsRoom({ ...layout, onDevice: false })).toBe(false);
  expect(needsRoom({ ...layout, windows: layout.windows.slice(1) })).toBe(false);
});

test('a run writes into the shapes that its outputs have', async () => {
  const read = reading(new DeviceRoom(layout, fake));
  const shapes = ({ held }: State) =>
    Object.fromEntries(Object.entries(held.into).map(([name, { dims }]) => [name, [...dims]]));
  const first = await read(empty, 3);
  expect(shapes(first)).toEqual({
    's.next': [3, 4],
    'all.keys.next': [1, 2, 256, 8],
    'all.values.next': [1, 2, 256, 8],
    'last.keys.next': [1, 2, 3, 8],
    'last.values.next': [1, 2, 3, 8],
  });
  const second = await read(first, greedySteps, 0, writtenShapes(layout, 70, 1, 2));
  expect(shapes(second)).toMatchObject({
    'last.keys.next': [1, 2, 4, 8],
    '0/all.keys.next': [1, 2, 256, 8],
    '2/all.values.next': [1, 2, 256, 8],
    'last.logits': [1, 70],
    'first.next': [1, 1],
    'written.next': [1, 8],
    // How many tokens there are in each of two windows, in each step.
    'steps.next': [2, 2 * greedySteps],
  });
  // In place, in all of the steps.
  const memory = (state: State, name: string) => (state.held.into[name] as unknown as { of: Tensor }).of;
  for (const name of ['0/all.keys.next', '1/all.keys.next', 'all.keys.next'])
    expect(memory(second, name)).toBe(memory(first, 'all.keys.next'));
  // What the run reads is not what it writes.
  expect(memory(second, 's.next')).not.toBe(memory(first, 's.next'));
});

test('forks share their caches, and what one adds where another has is copied first', async () => {
  const read = reading(new DeviceRoom(layout, fake));
  const prompt = await read(empty, 100);
  const one = await read(prompt, 10);
  expect(copied).toEqual([256]);
  const other = await read(prompt, 10);
  expect(copied).toEqual([256, 256]);
  expect(other.held.space).not.toBe(one.held.space);
  one.held.free();
  const third = await read(prompt, 10);
  expect(copied).toHaveLength(2);
  expect(third.held.space).toBe(prompt.held.space);
});

test('room is made for all that is known to come', async () => {
  const read = reading(new DeviceRoom(layout, fake));
  let state = await read(empty, 200, 400);
  for (const behind of [200, 0]) state = await read(state, 200, behind);
  expect(copied).toEqual([768]);
});

test('memory is that of the states, and of two sets that wait', async () => {
  const room = new DeviceRoom(layout, fake);
  const read = reading(room);
  let state = await read(empty, 1);
  for (let i = 0; i < 600; i++) {
    const next = await read(state, 1);
    state.held.free();
    state = next;
    expect(live.size).toBeLessThanOrEqual(2 * set + caches);
  }
  expect(copied).toEqual([256, 512, 768]);
  const forks = [];
  for (let i = 0; i < 5; i++) forks.push(await read(state, 1));
  expect(live.size).toBe(6 * set + 5 * caches);
  for (const { held } of [...forks, state]) held.free();
  expect(live.size).toBe(2 * set);
  await room.close();
  expect(live.size).toBe(0);
});

test('what there is no memory for leaves everything as it was', async () => {
  const room = new DeviceRoom(layout, fake);
  const read = reading(room);
  const state = await read(empty, 200);
  const spare = await read(state, 1);
  spare.held.free();
  failing = true;
  await expect(read(state, 100)).rejects.toThrow('no memory');
  failing = false;
  const more = await read(state, 50);
  expect(more.held.space).toBe(state.held.space);
  for (const { held } of [state, more]) held.free();
  await room.close();
  expect(live.size).toBe(0);
});

const step = fc.record({
  kind: fc.constantFrom('read', 'read', 'fork', 'release', 'restore'),
  which: fc.nat(),
  count: fc.integer({ min: 1, max: 300 }),
});

test('the ledger counts the memory that there is', async () => {
  const growing = { ...layout, recurrent: [], windows: layout.windows.slice(0, 1) };
  const cacheBytes = () =>
    [...live]
      .filter(({ dims }) => dims.length > 1)
      .reduce((sum, { dims }) => sum + 4 * dims.reduce((a, b) => a * b), 0);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      live.clear();
      const read = reading(new DeviceRoom(growing, fake));
      const ledger = new DeviceLedger(growing, 0);
      // Forks hold their tensors together until one of them reads.
      const states = new Map<number, { state: Before; free: () => void; holders: { count: number } }>();
      const drop = (id: number) => {
        const { free, holders } = states.get(id)!;
        if (--holders.count === 0) free();
      };
      let next = 0;
      for (const { kind, which, count } of steps) {
        const ids = [...states.keys()];
        const id = ids[which % Math.max(1, ids.length)];
        if (id === undefined || kind === 'restore') {
          const keys = tensor([1, 2, count, 8]);
          const values = tensor([1, 2, count, 8]);
          const free = () => [keys, values].forEach((each) => each.dispose());
          const state = { length: count, held: { byName: new Map([['all.keys', keys]]) } };
          states.set(++next, { state, free, holders: { count: 1 } });
          ledger.restore(next, count);
        } else if (kind === 'read') {
          const state = await read(states.get(id)!.state, count);
          drop(id);
          states.set(id, { state, free: state.held.free, holders: { count: 1 } });
          ledger.advance(id, count);
        } else if (kind === 'fork') {
          states.get(id)!.holders.count++;
          states.set(++next, states.get(id)!);
          ledger.fork(next, id);
        } else {
          drop(id);
          states.delete(id);
          const [before, exclusive] = [ledger.bytes, ledger.exclusiveBytes(id)];
          ledger.release(id);
          expect(ledger.bytes).toBe(before - exclusive);
        }
        expect(ledger.bytes).toBe(cacheBytes());
      }
    }),
  );
});
