import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '../../../../runtime/engine/log';
import { ModelHost } from '../../../../runtime/engine/model-host';
import type { ModelChoice } from '../../../../runtime/engine/model-hosts';
import { CrashMark } from '../../../../runtime/engine/providers/crash-mark';
import type { Finding, Probe } from '../../../../runtime/engine/providers/finding';
import type { ProbeOptions } from '../../../../runtime/engine/providers/probe-providers';
import { ProbesFile } from '../../../../runtime/engine/providers/probes-file';
import { ProviderProbing } from '../../../../runtime/engine/providers/provider-probing';
import { CancelledError, throwIfAborted } from '../../../../runtime/protocol/errors';
import { FakeModel } from '../../fakes/language-model';
import { temporaryFolder } from '../../fixtures/model-folder';

const choice: ModelChoice = {
  name: 'fake',
  folder: '/models/fake',
  provider: 'auto',
  threads: 2,
  precision: undefined,
};
const slow = { readTokensPerSecond: 100, firstTokenMs: 50, msPerToken: 20 };
const fast = { readTokensPerSecond: 1000, firstTokenMs: 5, msPerToken: 2 };
const faster: Finding = { precision: 'int8', error: 0, own: fast, cpu: slow };
const slower: Finding = { precision: 'int8', error: 0, own: slow, cpu: fast };
const quietMs = 15_000;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  folder.remove();
});

/** A model that loads where it was chosen to, and probes that take `ms`. */
function probing({ finding = faster, ms = 1000 }: { finding?: Finding; ms?: number } = {}) {
  const file = new ProbesFile(folder.path);
  const mark = new CrashMark(folder.path, () => false);
  const facts = { quiet: true, room: true, fallback: undefined as string | undefined };
  const driver = { name: 'a driver', key: 'driver 1' };
  const run = vi.fn(async (_: ModelChoice, { signal }: ProbeOptions): Promise<Probe[]> => {
    throwIfAborted(signal);
    await new Promise<void>((resolve, reject) => {
      setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => reject(new CancelledError()));
    });
    return [{ provider: 'webgpu', finding, driver: driver.name, at: '2026-01-01T00:00:00.000Z' }];
  });
  const loaded: string[] = [];
  const host = new ModelHost({
    name: 'fake',
    languages: [],
    load: () => {
      const { provider } = subject.choose(choice);
      loaded.push(provider);
      const fallback = provider === 'cpu' ? undefined : facts.fallback;
      return Promise.resolve(new FakeModel('', fallback ? { provider: 'cpu', fallback } : { provider }));
    },
    statesLimitBytes: Infinity,
    idleMs: 1e9,
    log: new Logger(() => undefined),
    onChange: () => undefined,
  });
  const subject: ProviderProbing = new ProviderProbing({
    probes: { keyOf: ({ threads }) => `${driver.key} ${threads}`, run, driver },
    file,
    mark,
    host: () => host,
    isQuiet: () => facts.quiet,
    obstacle: () => (facts.room ? undefined : 'There is no room.'),
    log: new Logger(() => undefined),
  });
  /** Somebody asks the model for something, and gets it. */
  const serve = async (served = choice) => {
    subject.begin();
    await host.use(() => Promise.resolve());
    subject.served(served);
    subject.end();
  };
  const provider = () => host.current?.model.info.provider;
  return { subject, host, run, loaded, facts, file, driver, serve, provider };
}

describe('the choice of a provider while an engine runs', () => {
  it('waits for a first suggestion and a quiet moment; then the model moves, and nobody waits for it', async () => {
    const { host, run, loaded, serve, provider } = probing();
    await host.use(() => Promise.resolve());
    await vi.advanceTimersByTimeAsync(10 * quietMs);
    expect(run).not.toHaveBeenCalled();
    await serve();
    await vi.advanceTimersByTimeAsync(quietMs - 1);
    expect(run).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1001);
    expect(run).toHaveBeenCalledTimes(1);
    expect(loaded).toEqual(['cpu', 'webgpu']);
    expect(provider()).toBe('webgpu');
  });

  it('probes once: the next engine loads the model where it belongs', async () => {
    const first = probing();
    await first.serve();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    const second = probing();
    await second.serve();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    expect(second.loaded).toEqual(['webgpu']);
    expect(second.run).not.toHaveBeenCalled();
    expect(second.subject.choiceOf(choice)).toMatchObject({ provider: 'webgpu' });
  });

  it('probes anew under another driver', async () => {
    const first = probing();
    await first.serve();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    const updated = probing({ finding: slower });
    updated.driver.key = 'driver 2';
    await updated.serve();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    expect(updated.run).toHaveBeenCalledTimes(1);
    expect(updated.loaded).toEqual(['cpu']);
  });

  it('stays on the CPU where nothing is faster, and does not ask again', async () => {
    const { run, loaded, serve } = probing({ finding: { reason: 'It crashed.' } });
    for (let i = 0; i < 3; i++) {
      await serve();
      await vi.advanceTimersByTimeAsync(2 * quietMs);
    }
    expect(run).toHaveBeenCalledTimes(1);
    expect(loaded).toEqual(['cpu']);
  });

  it('makes way for every request, and tries again later', async () => {
    const { subject, run, serve, provider } = probing();
    await serve();
    await vi.advanceTimersByTimeAsync(quietMs + 500);
    expect(run).toHaveBeenCalledTimes(1);
    subject.begin();
    expect(run.mock.calls[0]![1].signal!.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(5 * quietMs);
    expect(run).toHaveBeenCalledTimes(1);
    subject.end();
    await vi.advanceTimersByTimeAsync(quietMs + 1001);
    expect(run).toHaveBeenCalledTimes(2);
    expect(provider()).toBe('webgpu');
  });

  it('waits while something else is computed', async () => {
    const { run, facts, serve } = probing();
    facts.quiet = false;
    await serve();
    await vi.advanceTimersByTimeAsync(5 * quietMs);
    expect(run).not.toHaveBeenCalled();
    facts.quiet = true;
    await vi.advanceTimersByTimeAsync(quietMs);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('does not move a model in use, but afterwards', async () => {
    const { host, serve, provider } = probing();
    await serve();
    let done = () => undefined as void;
    const using = host.use(() => new Promise<void>((resolve) => (done = resolve)));
    await vi.advanceTimersByTimeAsync(quietMs + 1001);
    expect(provider()).toBe('cpu');
    done();
    await using;
    await vi.advanceTimersByTimeAsync(quietMs);
    expect(provider()).toBe('webgpu');
  });

  it('leaves a model where its GPU has failed, and one that has gone', async () => {
    const failed = probing();
    failed.facts.fallback = 'The adapter is gone.';
    await failed.serve();
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(2 * quietMs);
      await failed.serve();
    }
    expect(failed.loaded).toEqual(['cpu', 'webgpu']);
    const again = failed.subject.probeNow(choice, {});
    await vi.advanceTimersByTimeAsync(1001);
    await again;
    expect(failed.loaded).toEqual(['cpu', 'webgpu', 'webgpu']);
    folder.remove();
    const gone = probing();
    await gone.serve();
    await gone.host.unload();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    expect(gone.run).not.toHaveBeenCalled();
  });

  it('says that there is no room', async () => {
    const { subject, run, facts, serve } = probing();
    facts.room = false;
    await serve();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    expect(run).not.toHaveBeenCalled();
    expect(subject.obstacle(choice)).toBe('There is no room.');
  });

  it('is left to a setting that forces one', async () => {
    const { subject, run, serve } = probing();
    const forced = { ...choice, provider: 'cpu' as const };
    await serve(forced);
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    expect(run).not.toHaveBeenCalled();
    expect(subject.choose(forced)).toEqual({ provider: 'cpu', reason: 'as set' });
  });

  it('is made anew when the user asks for it, and can be given up', async () => {
    const { subject, run, file, provider, serve } = probing({ ms: 0 });
    await serve();
    await vi.advanceTimersByTimeAsync(2 * quietMs);
    const steps: string[] = [];
    const again = subject.probeNow(choice, { onStep: (step) => steps.push(step) });
    await vi.advanceTimersByTimeAsync(1);
    await again;
    expect(run).toHaveBeenCalledTimes(2);
    expect(provider()).toBe('webgpu');
    file.set('driver 1 2', []);
    const abort = new AbortController();
    const given = subject.probeNow(choice, { signal: abort.signal });
    given.catch(() => undefined);
    await Promise.resolve();
    abort.abort();
    await vi.advanceTimersByTimeAsync(1);
    await expect(given).rejects.toThrow('Cancelled');
    expect(file.get('driver 1 2')).toEqual([]);
  });

  it('ends with the engine', async () => {
    const { subject, run, serve } = probing();
    await serve();
    await vi.advanceTimersByTimeAsync(quietMs + 1);
    await subject.stop();
    expect(run.mock.calls[0]![1].signal!.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(5 * quietMs);
    expect(run).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('leaves a GPU alone on which two engines in a row have ended without a word, until it is checked again', async () => {
    const { subject, serve, provider, host } = probing();
    const mark = path.join(folder.path, 'on-gpu.json');
    const endWithoutAWord = () => {
      const left = JSON.parse(readFileSync(mark, 'utf8')) as object;
      writeFileSync(mark, JSON.stringify({ ...left, pid: 1e9 }));
      return probing();
    };
    await serve();
    await vi.advanceTimersByTimeAsync(quietMs + 1000);
    expect(provider()).toBe('webgpu');
    const second = endWithoutAWord();
    await second.serve();
    expect(second.provider()).toBe('webgpu');
    const third = endWithoutAWord();
    await third.serve();
    expect(third.provider()).toBe('cpu');
    expect(third.subject.choiceOf(choice)?.reason).toMatch(/ended twice in a row/);
    const checked = third.subject.probeNow(choice, {});
    await vi.advanceTimersByTimeAsync(1000);
    await checked;
    expect(third.provider()).toBe('webgpu');
    await third.subject.stop();
    expect(existsSync(mark)).toBe(false);
    await Promise.all([subject.stop(), host.dispose()]);
  });
});
