import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EncoderHost, type EncoderHostOptions } from '../../../runtime/engine/encoder-host';
import { Logger } from '../../../runtime/engine/log';
import { holdCeiling, requireRoom, residentBytes } from '../../../runtime/engine/memory';
import { closePassages } from '../../../runtime/engine/close-passages';
import { QuietTime } from '../../../runtime/engine/quiet-time';
import { Priority } from '../../../runtime/inference/language-model';
import type { LoadedTextEncoder } from '../../../runtime/inference/text-encoder';
import { CancelledError, UserError } from '../../../runtime/protocol/errors';

const log = new Logger(() => undefined);
const question = { priority: Priority.Question };
const background = { priority: Priority.Encoding };

function fakeEncoder(): LoadedTextEncoder & { close: ReturnType<typeof vi.fn> } {
  return {
    name: 'fake',
    key: () => Promise.resolve('in memory'),
    encode: (texts) => Promise.resolve(texts.map(() => Float32Array.of(1))),
    close: vi.fn(() => Promise.resolve()),
  };
}

function hostOf(overrides: Partial<EncoderHostOptions> = {}) {
  const encoder = fakeEncoder();
  const states: string[] = [];
  const load = vi.fn<EncoderHostOptions['load']>(() => Promise.resolve(encoder));
  const host = new EncoderHost({
    name: 'fake',
    folder: __dirname,
    key: () => Promise.resolve('on disk'),
    load,
    quiet: () => Promise.resolve(),
    idleMs: 1000,
    log,
    onChange: (state) => states.push(state),
    onWork: () => Promise.resolve(),
    ...overrides,
  });
  return { host, encoder, load, states };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('EncoderHost', () => {
  it('loads once for texts that come together, and lets an idle encoder go', async () => {
    const { host, encoder, load, states } = hostOf();
    expect([host.state, await host.key()]).toEqual(['unloaded', 'on disk']);
    await Promise.all([host.encode(['a'], question), host.encode(['b'], background)]);
    expect(load).toHaveBeenCalledTimes(1);
    expect([host.state, await host.key()]).toEqual(['ready', 'in memory']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(encoder.close).toHaveBeenCalledTimes(1);
    expect(states).toEqual(['ready', 'unloaded']);
    await host.encode(['a'], question);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('waits for quiet with what is in the background alone, and has the ceiling held after it', async () => {
    let quietly = () => {};
    const onWork = vi.fn(() => Promise.resolve());
    const { host } = hostOf({ quiet: () => new Promise((resolve) => (quietly = resolve)), onWork });
    let done = false;
    const encoding = host.encode(['a'], background).then(() => (done = true));
    await host.encode(['b'], question);
    expect([done, onWork.mock.calls.length]).toEqual([false, 0]);
    quietly();
    await encoding;
    expect(onWork).toHaveBeenCalledTimes(1);
  });

  it('says why it cannot be loaded, does not try at each text, and recovers', async () => {
    let broken = true;
    const load = vi.fn(() =>
      broken ? Promise.reject(new UserError('config.json is missing')) : Promise.resolve(fakeEncoder()),
    );
    const { host } = hostOf({ load });
    for (let i = 0; i < 2; i++) await expect(host.encode(['a'], question)).rejects.toThrow('is missing');
    expect([load.mock.calls.length, host.state]).toEqual([1, 'failed']);
    broken = false;
    vi.setSystemTime(Date.now() + 16_000);
    await host.encode(['a'], question);
    expect(host.state).toBe('ready');
  });

  it('names the setting where its folder is gone', async () => {
    const { host, load } = hostOf({ folder: '/nowhere' });
    for (const asked of [host.key(), host.encode(['a'], question)])
      await expect(asked).rejects.toThrow('no model "fake" (longview.models.encoder)');
    expect(load).not.toHaveBeenCalled();
  });

  it('stays while it is used, and never comes back once it is disposed', async () => {
    let finish = () => {};
    const encoder = fakeEncoder();
    encoder.encode = () => new Promise((resolve) => (finish = () => resolve([Float32Array.of(1)])));
    const { host } = hostOf({ load: () => Promise.resolve(encoder) });
    const encoding = host.encode(['a'], question);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await host.unload()).toBe(false);
    finish();
    await encoding;
    await host.dispose();
    expect(encoder.close).toHaveBeenCalledTimes(1);
    await expect(host.encode(['a'], question)).rejects.toThrow(CancelledError);
  });

  it('gives up loading when it is disposed', async () => {
    const load = (signal: AbortSignal) =>
      new Promise<LoadedTextEncoder>((_, reject) =>
        signal.addEventListener('abort', () => reject(new CancelledError())),
      );
    const { host } = hostOf({ load });
    const encoding = expect(host.encode(['a'], question)).rejects.toThrow(CancelledError);
    await Promise.resolve();
    await host.dispose();
    await encoding;
  });
});

describe('memory for an encoder', () => {
  it('is asked for beforehand, and what it takes is given back before a model’s', async () => {
    const limit = residentBytes() / 1e6 + 10_000;
    requireRoom('fake', 1e6, limit);
    expect(() => requireRoom('fake', 80e6, 1)).toThrow(/fake needs 80 MB.*limit of 1 MB.*memoryLimit/);
    const { host } = hostOf();
    await host.encode(['a'], question);
    expect(await holdCeiling([], limit, [host])).toBe('none');
    expect(await holdCeiling([], 1, [host])).toBe('unloaded');
    expect(host.state).toBe('unloaded');
  });
});

describe('QuietTime', () => {
  it('begins at once while nothing was asked, else a while after the last request', async () => {
    const quiet = new QuietTime(2000);
    await quiet.begun();
    let answer = () => {};
    const asked = quiet.during(() => new Promise<void>((resolve) => (answer = resolve)));
    let begun = false;
    const waiting = quiet.begun().then(() => (begun = true));
    await vi.advanceTimersByTimeAsync(5000);
    answer();
    await asked;
    await vi.advanceTimersByTimeAsync(1000);
    expect(begun).toBe(false);
    await vi.advanceTimersByTimeAsync(3000);
    await waiting;
  });

  it('is not waited for any more once that is given up', async () => {
    const quiet = new QuietTime(2000);
    await quiet.during(() => Promise.resolve());
    const abort = new AbortController();
    const waiting = expect(quiet.begun(abort.signal)).rejects.toThrow();
    abort.abort();
    await waiting;
  });
});

describe('closePassages', () => {
  const close = new Map([['/w', [{ id: 1, path: 'a.ts', score: 0.5 }]]]);
  const ask = (closeTo: () => Promise<typeof close>, signal?: AbortSignal) =>
    closePassages({ closeTo }, 'where?', { folders: [] }, { log, signal, budgetMs: 30 });
  const never = () => new Promise<never>(() => undefined);

  beforeEach(() => vi.useRealTimers());

  it('are there in time, or not at all', async () => {
    expect(await ask(() => Promise.resolve(close))).toBe(close);
    expect(await ask(never)).toBeUndefined();
    expect(await ask(() => Promise.reject(new UserError('damaged')))).toBeUndefined();
  });

  it('end when the question is given up', async () => {
    const abort = new AbortController();
    const asked = expect(ask(never, abort.signal)).rejects.toThrow();
    abort.abort();
    await asked;
    await expect(ask(never, abort.signal)).rejects.toThrow();
  });
});
