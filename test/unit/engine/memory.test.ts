import { describe, expect, it } from 'vitest';
import { Logger } from '../../../runtime/engine/log';
import { CountedModel, newCounters } from '../../../runtime/engine/counted-model';
import { checkGrowth, holdCeiling, residentBytes } from '../../../runtime/engine/memory';
import { ModelHost } from '../../../runtime/engine/model-host';
import { FakeModel } from '../fakes/language-model';

function hostOf(model: FakeModel) {
  return new ModelHost({
    name: 'fake',
    languages: [],
    load: () => Promise.resolve(model),
    statesLimitBytes: Infinity,
    idleMs: 60_000,
    log: new Logger(() => undefined),
    onChange: () => undefined,
  });
}

async function keepStates(host: ModelHost, count: number) {
  await host.use(async ({ model, checkpoints }) => {
    for (let i = 0; i < count; i++) {
      const { state } = await checkpoints.resume('', [i, 1], { at: [2] }, { priority: 0 });
      model.release(state);
    }
  });
}

const under = residentBytes() / 1e6 + 10_000;

describe('holdCeiling', () => {
  it('does nothing below the ceiling', async () => {
    const host = hostOf(new FakeModel());
    await keepStates(host, 5);
    expect(await holdCeiling([host], under)).toBe('none');
    expect(host.current!.checkpoints.size).toBe(5);
    await host.dispose();
  });

  it('drops states first and unloads the model if that is not enough', async () => {
    const model = new FakeModel();
    const host = hostOf(model);
    await keepStates(host, 5);
    expect(await holdCeiling([host], 1)).toBe('dropped-states');
    expect(model.held.size).toBe(1);
    expect(await holdCeiling([host], 1)).toBe('unloaded');
    expect(host.status().state).toBe('unloaded');
    expect(model.held.size).toBe(0);
  });

  it('never unloads a model that is at work', async () => {
    const host = hostOf(new FakeModel());
    await host.use(async () => {
      expect(await holdCeiling([host], 1)).toBe('none');
    });
    expect(host.status().state).toBe('ready');
    await host.dispose();
  });
});

describe('checkGrowth', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => i);
  const work = { priority: 0 };

  it('ends a read before the block that would pass the ceiling', async () => {
    const model = new FakeModel('', { growthBytes: 1000 });
    const host = hostOf(model);
    let blocks = 0;
    const limit = () => (++blocks > 3 ? 1 : under);
    const counters = newCounters();
    const guarded = new CountedModel(model, counters, undefined, (bytes) => {
      expect(bytes).toBe(64_000);
      checkGrowth('long', bytes, [host], limit());
    });
    const state = await guarded.create();
    await expect(guarded.read(state, ids, work)).rejects.toThrow(
      /long keeps every token .* limit of 1 MB is reached. Raise "longview.engine.memoryLimit"/,
    );
    expect(state.length, 'what was read before').toBe(3 * 64);
    expect(counters.tokensRead.foreground).toBe(3 * 64);
    await expect(guarded.decode(state, ids.slice(0, 64), { ...work, maxTokens: 1 }).next()).rejects.toThrow(
      /limit of 1 MB/,
    );
  });

  it('gives up what is kept first', async () => {
    const model = new FakeModel('', { growthBytes: 1000 });
    const host = hostOf(model);
    await keepStates(host, 5);
    checkGrowth('long', 1000, [host], 1);
    expect(model.held.size).toBe(1);
    expect(() => checkGrowth('long', 1000, [host], 1)).toThrow(/keeps every token/);
    await host.dispose();
  });

  it('counts what the block will take', () => {
    const limitMB = residentBytes() / 1e6 + 500;
    expect(() => checkGrowth('long', 1e6, [], limitMB)).not.toThrow();
    expect(() => checkGrowth('long', 1e9, [], limitMB)).toThrow(/keeps every token/);
  });

  it('counts what a graphics card holds, where a state is made anew by each run', async () => {
    const model = new FakeModel('', { growthBytes: 1000, provider: 'webgpu' });
    const host = hostOf(model);
    const asked: number[] = [];
    const guarded = new CountedModel(model, newCounters(), undefined, (bytes) => asked.push(bytes));
    const state = await guarded.create();
    await guarded.read(state, ids.slice(0, 100), work);
    expect(asked).toEqual([64_000, 100_000]);
    await keepStates(host, 1);
    model.stateBytesHeld = () => 500e6;
    const limitMB = residentBytes() / 1e6 + 400;
    checkGrowth('long', 1000, [], limitMB);
    expect(() => checkGrowth('long', 1000, [host], limitMB)).toThrow(/keeps every token/);
    await host.dispose();
  });

  it('asks nothing of a model whose states do not grow', async () => {
    const refuse = () => {
      throw new Error('asked');
    };
    const guarded = new CountedModel(new FakeModel(), newCounters(), undefined, refuse);
    const state = await guarded.create();
    await guarded.read(state, ids, work);
    expect(state.length).toBe(1000);
  });
});
