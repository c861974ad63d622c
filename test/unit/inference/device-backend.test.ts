import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import type { Provider } from '../../../runtime/graph/context';
import { greedySteps } from '../../../runtime/graph/greedy-graph';
import type { StateLayout } from '../../../runtime/graph/states';
import type { Backend } from '../../../runtime/inference/backend';
import { DeviceLedger } from '../../../runtime/inference/device-ledger';
import { openBackend } from '../../../runtime/inference/open-backend';
import type { ChosenToken } from '../../../runtime/inference/sampling';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { UserError } from '../../../runtime/protocol/errors';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
const opened: Backend[] = [];
afterAll(() => root.remove());
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});

const ids = Array.from({ length: 80 }, (_, i) => (i * 29 + 3) % 70);
const greedy = { temperature: 0, topP: 1, random: 0 };

/** A backend of the graph that is built for `provider`; the CPU runs either. */
async function open(
  name: string,
  provider: Provider,
): Promise<{ backend: Backend; states: StateLayout; vocabulary: number }> {
  const model = describeModel(readModelJson(fixtures, `${name}.config.json`));
  const folder = path.join(root.path, `${name}.${provider}`);
  const plan = planCompilation(model, 'float32', 'test', { provider });
  writeCompiled(folder, plan, model, randomCheckpoint(model, 3));
  const form = { provider: 'cpu', precision: 'float32', threads: 1, key: 'test' } as const;
  const backend = await openBackend({
    graphPath: path.join(folder, graphFile),
    states: plan.states,
    ...form,
  });
  opened.push(backend);
  return { backend, states: plan.states, vocabulary: model.vocabulary };
}

const tokenOf = async (backend: Backend, state: number, id: number) =>
  (await backend.run(state, [id], { kind: 'token', choice: greedy })).tokens![0]!;

/** A window that fills, attention over everything, no attention at all, and runs of limited length. */
describe.each(['striped', 'llama', 'mamba', 'stripedhyena', 'qwen3_5_text', 'lfm2'])('%s', (name) => {
  test('states on the device give what those in main memory do', async () => {
    const [host, device] = [await open(name, 'cpu'), await open(name, 'webgpu')];
    const scores: Float32Array[] = [];
    for (const { backend } of [host, device]) {
      backend.create(1);
      for (const [from, to] of [
        [0, 1],
        [1, 45],
        [45, 80],
      ] as const)
        scores.push((await backend.run(1, ids.slice(from, to), { kind: 'scores' })).scores!);
    }
    for (const [i, expected] of scores.slice(0, 3).entries())
      for (const [at, score] of scores[i + 3]!.entries())
        if (i + at > 0) expect(score).toBeCloseTo(expected[at]!, 3);
    for (let id = 5, step = 0; step < 4; step++) {
      const [expected, found] = [await tokenOf(host.backend, 1, id), await tokenOf(device.backend, 1, id)];
      expect(found.id).toBe(expected.id);
      expect(found.logProbability).toBeCloseTo(expected.logProbability, 3);
      id = found.id;
    }
  });

  test('several tokens chosen in a run are those chosen one by one', async () => {
    const [host, device] = [await open(name, 'cpu'), await open(name, 'webgpu')];
    for (const { backend } of [host, device]) backend.create(1);
    let id = 5;
    // From no tokens on, over a window's end, and behind a block.
    for (const read of [0, 0, 0, 40, 9, 0]) {
      for (const { backend } of [host, device])
        if (read > 0) await backend.run(1, ids.slice(0, read), { kind: 'nothing' });
      device.backend.fork(2, 1);
      const several = { kind: 'token', choice: greedy, most: 9 } as const;
      const { tokens } = await device.backend.run(1, [id], several);
      expect(tokens).toHaveLength(greedySteps);
      expect((await device.backend.run(2, [id], several)).tokens).toEqual(tokens);
      device.backend.release(2);
      for (const found of tokens!) {
        const expected = await tokenOf(host.backend, 1, id);
        expect(found.id).toBe(expected.id);
        expect(found.logProbability).toBeCloseTo(expected.logProbability, 3);
        id = found.id;
      }
    }
    const rest = { kind: 'scores' } as const;
    const [expected, found] = [
      await host.backend.run(1, [id, 3], rest),
      await device.backend.run(1, [id, 3], rest),
    ];
    for (const [i, score] of expected.scores!.entries()) expect(found.scores![i]).toBeCloseTo(score, 3);
  });

  test('forks and saved states go on by themselves', async () => {
    const { backend } = await open(name, 'webgpu');
    backend.create(1);
    await backend.run(1, ids.slice(0, 60), { kind: 'nothing' });
    backend.fork(2, 1);
    const saved = structuredClone(await backend.exportState(1));
    expect(saved).toMatchObject({ length: 60, pending: 0 });
    const next = await tokenOf(backend, 1, 9);
    backend.release(1);
    await backend.importState(3, saved);
    backend.fork(4, 3);
    for (const state of [2, 3, 4]) expect(await tokenOf(backend, state, 9)).toEqual(next);
    // A run still reads what is released meanwhile.
    const running = tokenOf(backend, 4, 7);
    backend.release(4);
    expect(await running).toEqual(await tokenOf(backend, 3, 7));
  });
});

test('what is written by several runs at once is what is written one by one', async () => {
  const [host, device] = [await open('striped', 'cpu'), await open('striped', 'webgpu')];
  for (const { backend } of [host, device]) backend.create(1);
  const written: ChosenToken[] = [];
  let most = 0;
  for (let id = 5; written.length < 120; id = written.at(-1)!.id) {
    const { tokens } = await device.backend.run(1, [id], { kind: 'token', choice: greedy, most: 99 });
    most = Math.max(most, tokens!.length);
    written.push(...tokens!);
  }
  expect(most).toBe(4 * greedySteps);
  for (const [i, { id, logProbability }] of written.entries()) {
    const expected = await tokenOf(host.backend, 1, i === 0 ? 5 : written[i - 1]!.id);
    expect(id).toBe(expected.id);
    expect(logProbability).toBeCloseTo(expected.logProbability, 3);
  }
  const exported = await device.backend.exportState(1);
  expect(exported.length).toBe(written.length);
  const after = { kind: 'scores' } as const;
  const next = [written.at(-1)!.id, 3];
  const [expected, found] = [
    await host.backend.run(1, next, after),
    await device.backend.run(1, next, after),
  ];
  for (const [i, score] of expected.scores!.entries()) expect(found.scores![i]).toBeCloseTo(score, 3);
});

test.each(['mamba2', 'striped', 'granitemoehybrid_dense', 'llama', 'qwen3_5_text', 'mamba', 'evo1'])(
  '%s: blocks',
  async (name) => {
    const long = Array.from({ length: 1250 }, (_, i) => (i * i * 7 + i * 29 + 3) % 70);
    const [host, device] = [await open(name, 'cpu'), await open(name, 'webgpu')];
    for (const { backend } of [host, device]) backend.create(1);
    // A first block behind nothing at all is as good as one behind some tokens.
    const empty = await open(name, 'webgpu');
    empty.backend.create(1);
    const { scores: first } = await empty.backend.run(1, long.slice(0, 640), { kind: 'scores' });
    for (let at = 0; at < 40; at += 20)
      for (const { backend } of [host, device]) {
        const { scores } = await backend.run(1, long.slice(at, at + 20), { kind: 'scores' });
        for (const [i, score] of scores!.entries())
          if (at + i > 0) expect(first![at + i]).toBeCloseTo(score, 3);
      }
    const block = long.slice(40, 552);
    const { scores } = await device.backend.run(1, block, { kind: 'scores' });
    for (let at = 0; at < block.length; at += 64) {
      const expected = await host.backend.run(1, block.slice(at, at + 64), { kind: 'scores' });
      for (const [i, score] of expected.scores!.entries()) expect(scores![at + i]).toBeCloseTo(score, 3);
    }
    const rest = { kind: 'scores' } as const;
    const [expected, found] = [
      await host.backend.run(1, long.slice(552, 600), rest),
      await device.backend.run(1, long.slice(552, 600), rest),
    ];
    for (const [i, score] of expected.scores!.entries()) expect(found.scores![i]).toBeCloseTo(score, 3);
    // A block that is longer, and some tokens behind it.
    for (let at = 600; at < 1240; at += 64)
      await host.backend.run(1, long.slice(at, Math.min(at + 64, 1240)), { kind: 'nothing' });
    const running = device.backend.run(1, long.slice(600, 1240), { kind: 'nothing' });
    device.backend.fork(2, 1);
    await running;
    device.backend.release(2);
    const [one, other] = [await tokenOf(host.backend, 1, 7), await tokenOf(device.backend, 1, 7)];
    expect(other.id).toBe(one.id);
    expect(other.logProbability).toBeCloseTo(one.logProbability, 3);
  },
);

test('what is too long for one run is read in several, and every token is scored', async () => {
  const long = Array.from({ length: 750 }, (_, i) => (i * i * 7 + i * 29 + 3) % 70);
  const [host, device] = [await open('stripedhyena', 'cpu'), await open('stripedhyena', 'webgpu')];
  expect(device.states.longestRun).toBe(64);
  for (const { backend } of [host, device]) backend.create(1);
  // Without a block, and with one in front.
  for (const [from, to] of [
    [0, 150],
    [150, 750],
  ] as const) {
    const [expected, found] = [
      await host.backend.run(1, long.slice(from, to), { kind: 'scores' }),
      await device.backend.run(1, long.slice(from, to), { kind: 'scores' }),
    ];
    expect(found.scores).toHaveLength(expected.scores!.length);
    for (const [i, score] of expected.scores!.entries())
      if (from + i > 0) expect(found.scores![i]).toBeCloseTo(score, 3);
  }
  const [one, other] = [await tokenOf(host.backend, 1, 7), await tokenOf(device.backend, 1, 7)];
  expect(other.id).toBe(one.id);
});

test('a saved state that does not fit is refused', async () => {
  const { backend } = await open('striped', 'webgpu');
  backend.create(1);
  await backend.run(1, ids.slice(0, 5), { kind: 'nothing' });
  const saved = await backend.exportState(1);
  for (const [change, message] of [
    [{ model: 'other' }, /another model/],
    [{ length: 4 }, /damaged/],
    [{ tensors: saved.tensors.slice(1) }, /damaged/],
  ] as const) {
    const importing = backend.importState(2, { ...saved, ...change });
    await expect(importing).rejects.toThrow(message);
    await expect(importing).rejects.toThrow(UserError);
  }
});

test('the ledger counts what the states hold', async () => {
  const { backend, states, vocabulary } = await open('striped', 'webgpu');
  const ledger = new DeviceLedger(states, vocabulary);
  const held = async (id: number) =>
    (await backend.exportState(id)).tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  backend.create(1);
  ledger.create(1);
  expect(ledger.bytes).toBe(0);
  await backend.run(1, ids.slice(0, 20), { kind: 'nothing' });
  ledger.advance(1, 20);
  expect(ledger.bytes).toBe(await held(1));
  backend.fork(2, 1);
  ledger.fork(2, 1);
  expect([ledger.exclusiveBytes(1), ledger.states]).toEqual([0, 2]);
  await backend.run(2, ids, { kind: 'nothing' });
  ledger.advance(2, ids.length);
  expect(ledger.bytes).toBe((await held(1)) + (await held(2)));
  expect(ledger.exclusiveBytes(2)).toBe(ledger.fullStateBytes(48));
  for (const id of [1, 2]) ledger.release(id);
  expect(ledger.bytes).toBe(0);
});
