import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '../../../runtime/engine/log';
import { ModelHost } from '../../../runtime/engine/model-host';
import type { LanguageModel } from '../../../runtime/inference/language-model';
import { AdapterError } from '../../../runtime/protocol/errors';
import { FakeModel } from '../fakes/language-model';

function hostOf(load: (gpuFailed?: string) => Promise<LanguageModel>, statesLimitBytes = Infinity) {
  const states: string[] = [];
  const warnings: string[] = [];
  const host: ModelHost = new ModelHost({
    name: 'fake',
    languages: ['python'],
    load,
    statesLimitBytes,
    idleMs: 1000,
    log: new Logger(({ level, message }) => level === 'warn' && warnings.push(message)),
    onChange: () => states.push(host.status().state),
  });
  return { host, states, warnings };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('ModelHost', () => {
  it('loads once for requests that come together, and tells its states', async () => {
    const load = vi.fn(() => Promise.resolve(new FakeModel()));
    const { host, states } = hostOf(load);
    expect(host.status()).toMatchObject({ state: 'unloaded', languages: ['python'] });
    await Promise.all([host.use(() => Promise.resolve()), host.use(() => Promise.resolve())]);
    expect(load).toHaveBeenCalledTimes(1);
    expect(states).toEqual(['loading', 'ready']);
  });

  it('says where states are too large to be kept', async () => {
    for (const [limit, said] of [
      [100, 0],
      [99, 1],
    ] as const) {
      const { host, warnings } = hostOf(() => Promise.resolve(new FakeModel()), limit);
      await host.use(() => Promise.resolve());
      expect(warnings).toHaveLength(said);
    }
  });

  it('lets an idle model go, and loads it again on the next request', async () => {
    const load = vi.fn(() => Promise.resolve(new FakeModel()));
    const { host } = hostOf(load);
    await host.use(() => Promise.resolve());
    await vi.advanceTimersByTimeAsync(999);
    expect(host.status().state).toBe('ready');
    await vi.advanceTimersByTimeAsync(1);
    expect(host.status().state).toBe('unloaded');
    await host.use(() => Promise.resolve());
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('leaves a GPU that fails, and loads the model without it', async () => {
    const load = vi.fn((_gpuFailed?: string) => Promise.resolve(new FakeModel()));
    const { host, warnings } = hostOf(load);
    await host.use(() => Promise.resolve());
    const failing = host.use(() => Promise.reject(new AdapterError('The graphics adapter failed.')));
    await expect(failing).rejects.toThrow('adapter failed');
    expect(host.status().state).toBe('unloaded');
    expect(warnings).toHaveLength(1);
    await host.use(() => Promise.resolve());
    expect(load.mock.calls).toEqual([[undefined], ['The graphics adapter failed.']]);
    expect(await host.reload()).toBe(true);
    expect(load).toHaveBeenLastCalledWith(undefined);
    await expect(host.use(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(host.status().state).toBe('ready');
  });

  it('tells why a model does not load, does not retry at each key, and recovers', async () => {
    let broken = true;
    const load = vi.fn(() =>
      broken ? Promise.reject(new Error('model.safetensors is truncated')) : Promise.resolve(new FakeModel()),
    );
    const { host } = hostOf(load);
    await expect(host.use(() => Promise.resolve())).rejects.toThrow('truncated');
    await expect(host.use(() => Promise.resolve())).rejects.toThrow('truncated');
    expect(load).toHaveBeenCalledTimes(1);
    expect(host.status()).toMatchObject({ state: 'failed', error: 'model.safetensors is truncated' });
    broken = false;
    await vi.advanceTimersByTimeAsync(20_000);
    await host.use(() => Promise.resolve());
    expect(host.status().state).toBe('ready');
  });
});
