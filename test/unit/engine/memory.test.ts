import { describe, expect, it } from 'vitest';
import { Logger } from '../../../runtime/engine/log';
import { holdCeiling, residentBytes } from '../../../runtime/engine/memory';
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
