import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeModel } from '../../../runtime/architectures';
import type { StateLayout } from '../../../runtime/graph/states';
import { stateTensors } from '../../../runtime/inference/device-layout';
import { DeviceRunner } from '../../../runtime/inference/device-runner';
import { openSession, type Session, type Tensor } from '../../../runtime/inference/session';
import { graphFile, planCompilation, writeCompiled } from '../../../runtime/models/compile';
import { readModelJson } from '../../../runtime/models/manifest';
import { randomCheckpoint } from '../../../runtime/models/random-weights';
import { fixtures, temporaryFolder } from '../fixtures/model-folder';

const root = temporaryFolder();
const opened: Session[] = [];
let layout: StateLayout;
/** What runs have given and nothing has let go of yet: on a device it would hold memory. */
const live = new Set<Tensor>();

/** A session whose outputs are watched. */
async function watched(): Promise<Session> {
  const session = await openSession({ graphPath: path.join(root.path, graphFile), threads: 1 });
  opened.push(session);
  return {
    ...session,
    async run(feeds, wanted) {
      for (const [name, tensor] of Object.entries(feeds))
        if (tensor.location === 'none') throw new Error(`${name} was let go of before this run`);
      const outputs = await session.run(feeds, wanted);
      for (const tensor of Object.values(outputs)) watch(tensor);
      return outputs;
    },
  };
}

function watch(tensor: Tensor): void {
  live.add(tensor);
  const dispose = tensor.dispose.bind(tensor);
  tensor.dispose = () => {
    if (!live.delete(tensor)) throw new Error('A tensor was let go of twice');
    dispose();
  };
}

beforeAll(() => {
  const model = describeModel(readModelJson(fixtures, 'striped.config.json'));
  const plan = planCompilation(model, 'float32', 'test', { provider: 'webgpu' });
  layout = plan.states;
  writeCompiled(root.path, plan, model, randomCheckpoint(model, 3));
});
afterAll(async () => {
  for (const session of opened) await session.release();
  root.remove();
});

test('writing keeps no more tensors than the states have, however long it goes on', async () => {
  const runner = new DeviceRunner(await watched(), layout);
  // The logits of the last token stay with the state.
  const perState = stateTensors(layout).length + 1;
  const state = runner.newState();
  let id = 5;
  for (let written = 0; written < 600;) {
    const tokens = await runner.writeGreedily(state, id, 600 - written);
    id = tokens.at(-1)!.id;
    written += tokens.length;
    expect(live.size).toBe(perState);
  }
  expect(state.length).toBe(600);
  const fork = runner.fork(state);
  await runner.writeGreedily(fork, id, 4);
  expect(live.size).toBe(2 * perState);
  runner.release(state);
  expect(live.size).toBe(perState);
  // Released while it runs.
  const running = runner.writeGreedily(fork, id, 100);
  runner.release(fork);
  await running;
  expect(live.size).toBe(0);
});

test('reading keeps none of what it read before', async () => {
  const runner = new DeviceRunner(await watched(), layout);
  const state = runner.newState();
  for (let i = 0; i < 20; i++) await runner.run(state, [1, 2, 3]);
  const held = [...live].filter((tensor) => tensor.dims.length > 2);
  expect(held).toHaveLength(stateTensors(layout).length);
  runner.release(state);
  expect([...live].filter((tensor) => tensor.dims.length > 2)).toHaveLength(0);
});
