import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import type { BackendOptions } from '../../../runtime/inference/backend';
import { DeviceReader, type ReadingDevice } from '../../../runtime/inference/device-reader';
import { LocalBackend } from '../../../runtime/inference/local-backend';
import { MixedBackend } from '../../../runtime/inference/mixed-backend';
import { StateLedger } from '../../../runtime/inference/state-ledger';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { seededRandom } from '../../../runtime/models/seeded-random';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
const opened: { close(): Promise<void> }[] = [];
afterAll(() => root.remove());
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});

const random = seededRandom(5);
const ids = Array.from({ length: 1400 }, () => Math.floor(random() * 70));
const nothing = { kind: 'nothing' } as const;
const greedy = { kind: 'token', choice: { temperature: 0, topP: 1, random: 0 } } as const;

function compiled(name: string, provider: 'cpu' | 'webgpu') {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const folder = path.join(root.path, `${name}.${provider}`);
  const plan = planCompilation(model, 'float32', 'test', { provider });
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  const form = { provider: 'cpu', precision: 'float32', threads: 1, key: 'test' } as const;
  const options: BackendOptions = { graphPath: path.join(folder, graphFile), states: plan.states, ...form };
  return { options, vocabulary: model.vocabulary };
}

/** What the device was asked for, and what it fails at from then on. */
interface Watched {
  calls: string[];
  failsAt?: 'take' | 'read' | 'give';
  copies: number;
}

/** The CPU's graph, and the device's, which the CPU runs as well. */
async function open(name = 'striped') {
  const watched: Watched = { calls: [], copies: 0 };
  const { options, vocabulary } = compiled(name, 'cpu');
  const cpu = await LocalBackend.open(options);
  const mixed = new MixedBackend(cpu, async (device) => watching(await DeviceReader.open(device), watched));
  const alone = await LocalBackend.open(options);
  opened.push(mixed, alone);
  await mixed.openDevice(compiled(name, 'webgpu').options);
  return { mixed, cpu, alone, watched, states: options.states, vocabulary };
}

function watching(device: ReadingDevice, watched: Watched): ReadingDevice {
  const asked = <T>(call: 'take' | 'read' | 'give', job: () => Promise<T>): Promise<T> => {
    watched.calls.push(call);
    return watched.failsAt === call ? Promise.reject(new Error(`${call} was unplugged`)) : job();
  };
  return {
    take: async (state) => {
      const copy = await asked('take', () => device.take(state));
      watched.copies++;
      return copy;
    },
    read: (copy, read) => asked('read', () => device.read(copy, read)),
    give: (copy, before) => asked('give', () => device.give(copy, before)),
    release: (copy) => {
      watched.copies--;
      device.release(copy);
    },
    close: () => device.close(),
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** The state of `alone` after the first `count` ids. */
async function readAlone({ alone }: Opened, state: number, count: number): Promise<void> {
  alone.create(state);
  for (let at = 0; at < count; at += 64)
    await alone.run(state, ids.slice(at, Math.min(at + 64, count)), nothing);
}

/** Both go on from their states in the same way. */
async function expectSame(opened: Opened, state: number, aloneState: number): Promise<void> {
  const { mixed, alone } = opened;
  let id = 5;
  for (let step = 0; step < 6; step++) {
    const [expected, found] = [
      (await alone.run(aloneState, [id], greedy)).tokens![0]!,
      (await mixed.run(state, [id], greedy)).tokens![0]!,
    ];
    expect(found.id).toBe(expected.id);
    expect(found.logProbability).toBeCloseTo(expected.logProbability, 3);
    id = found.id;
  }
  const [expected, found] = [
    (await alone.run(aloneState, ids.slice(0, 40), { kind: 'scores' })).scores!,
    (await mixed.run(state, ids.slice(0, 40), { kind: 'scores' })).scores!,
  ];
  for (const [i, score] of expected.entries()) expect(found[i]).toBeCloseTo(score, 3);
}

/** Windows, none, attention over everything with and without a recurrence, another recurrence. */
describe.each(['striped', 'mamba2', 'llama', 'granitemoehybrid_dense', 'qwen3_5_text', 'mamba'])(
  '%s',
  (name) => {
    test('what was read on the device goes on on the CPU, and there again', async () => {
      const all = await open(name);
      const { mixed, watched } = all;
      mixed.create(1);
      // Two pending tokens; then over the device, twice without a return.
      await mixed.run(1, ids.slice(0, 2), nothing);
      await mixed.run(1, ids.slice(2, 520), nothing, true);
      const { tokens } = await mixed.run(1, ids.slice(520, 1100), greedy, true);
      expect(watched.calls).toEqual(['take', 'read', 'read']);
      await readAlone(all, 1, 1036);
      expect(tokens![0]!.id).toBe((await all.alone.run(1, ids.slice(1036, 1100), greedy)).tokens![0]!.id);
      all.alone.fork(2, 1);
      mixed.fork(2, 1);
      await expectSame(all, 1, 1);
      expect(watched.calls.slice(3)).toEqual(['give']);
      await mixed.run(2, ids.slice(0, 300), nothing, true);
      for (let at = 0; at < 300; at += 60) await all.alone.run(2, ids.slice(at, at + 60), nothing);
      await expectSame(all, 2, 2);
      expect(watched.calls.slice(4)).toEqual(['take', 'read', 'give']);
      expect(watched.copies).toBe(0);
    });
  },
);

test('a fork that is kept while its original reads on comes to main memory', async () => {
  const all = await open();
  const { mixed, watched } = all;
  mixed.create(1);
  await mixed.run(1, ids.slice(0, 600), nothing, true);
  for (const fork of [2, 3]) mixed.fork(fork, 1);
  await mixed.run(1, ids.slice(600, 900), nothing, true);
  expect(watched.calls).toEqual(['take', 'read', 'give', 'read']);
  expect(watched.copies).toBe(1);
  mixed.release(3);
  await readAlone(all, 1, 600);
  await expectSame(all, 2, 1);
  await readAlone(all, 2, 900);
  await expectSame(all, 1, 2);
  expect(watched.copies).toBe(0);
});

test('no more states than two stay on the device: the one that was read first comes back', async () => {
  const all = await open();
  const { mixed, watched } = all;
  for (const state of [1, 2]) {
    mixed.create(state);
    await mixed.run(state, ids.slice(0, 600), nothing, true);
  }
  mixed.fork(3, 1);
  await mixed.run(1, ids.slice(600, 700), nothing, true);
  expect(watched.calls.splice(0)).toEqual(['take', 'read', 'take', 'read', 'give', 'read']);
  mixed.create(4);
  await mixed.run(4, ids.slice(0, 600), nothing, true);
  expect(watched.calls.splice(0)).toEqual(['give', 'take', 'read']);
  await readAlone(all, 1, 600);
  await expectSame(all, 2, 1);
  expect(watched.calls).toEqual([]);
  await readAlone(all, 2, 700);
  await expectSame(all, 1, 2);
  expect([watched.calls, watched.copies]).toEqual([['give'], 1]);
});

test('a state that is released takes its copy with it, unless a fork needs that', async () => {
  const { mixed, watched } = await open();
  mixed.create(1);
  await mixed.run(1, ids.slice(0, 600), nothing, true);
  mixed.fork(2, 1);
  mixed.release(1);
  expect((await mixed.exportState(2)).length).toBe(600);
  await mixed.run(2, ids.slice(0, 600), nothing, true);
  mixed.release(2);
  await expect(mixed.run(2, [1], nothing)).rejects.toThrow(/released/);
  expect(watched.copies).toBe(0);
});

test('a saved state is the CPU’s, whatever read it', async () => {
  const all = await open();
  const { mixed, alone } = all;
  mixed.create(1);
  await mixed.run(1, ids.slice(0, 700), nothing, true);
  const saved = structuredClone(await mixed.exportState(1));
  await readAlone(all, 1, 700);
  const expected = await alone.exportState(1);
  const shapes = ({ tensors }: typeof saved) => tensors.map(({ name, shape }) => ({ name, shape }));
  expect({ ...saved, tensors: shapes(saved) }).toEqual({ ...expected, tensors: shapes(expected) });
  await alone.importState(2, saved);
  await mixed.importState(2, expected);
  await mixed.run(2, ids.slice(0, 600), nothing, true);
  for (let at = 0; at < 600; at += 60) await alone.run(2, ids.slice(at, at + 60), nothing);
  await expectSame(all, 2, 2);
});

describe.each(['take', 'read', 'give'] as const)('a device that is lost at "%s"', (call) => {
  test('costs no state: the CPU reads again', async () => {
    const all = await open();
    const { mixed, watched } = all;
    for (const state of [9, 1]) {
      mixed.create(state);
      await mixed.run(state, ids.slice(0, state), nothing);
      const result = await mixed.run(state, ids.slice(state, 600), nothing, true);
      expect(result.deviceLost).toBeUndefined();
    }
    mixed.fork(2, 1);
    watched.failsAt = call;
    mixed.create(3);
    const first = await mixed.run(3, ids.slice(0, 700), nothing, true);
    const second = await mixed.run(1, ids.slice(600, 800), greedy, true);
    const reason = /unplugged/;
    if (call !== 'give') expect(first.deviceLost).toMatch(reason);
    expect(second.deviceLost).toMatch(reason);
    const calls = watched.calls.length;
    for (const [state, count] of [
      [1, 800],
      [2, 600],
      [3, 700],
      [9, 600],
    ] as const) {
      await readAlone(all, state, count);
      await expectSame(all, state, state);
    }
    expect(watched.calls.length).toBe(calls);
  });
});

test('calls take effect in their order, also while a run is several', async () => {
  const all = await open();
  const { mixed } = all;
  mixed.create(1);
  const running = mixed.run(1, ids.slice(0, 600), nothing, true);
  mixed.fork(2, 1);
  mixed.release(1);
  await running;
  await readAlone(all, 1, 600);
  await expectSame(all, 2, 1);
});

test('states hold what the ledger of the CPU counts, where a device has read them too', async () => {
  const { mixed, cpu, states, vocabulary } = await open();
  const ledger = new StateLedger(states, vocabulary);
  mixed.create(1);
  ledger.create(1);
  const places: number[] = [];
  for (let at = 0; at < 1400; at += 350) {
    const { pending } = await mixed.run(1, ids.slice(at, at + 350), nothing, true);
    ledger.advance(1, 350, pending);
    mixed.fork(places.push(at) + 1, 1);
    ledger.fork(places.length + 1, 1);
  }
  await mixed.exportState(1);
  // The zeros of the first state, and unfinished pages that forks share.
  const rest = 4 * states.recurrent.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(cpu.bytesHeld()).toBeLessThanOrEqual(ledger.bytes + rest);
});
