import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackgroundReading, type Wish } from '../../../runtime/engine/background-reading';
import { Logger } from '../../../runtime/engine/log';
import { ModelHost } from '../../../runtime/engine/model-host';
import { FakeModel } from '../fakes/language-model';

let model: FakeModel;
let host: ModelHost;
let reading: BackgroundReading;
const log = new Logger(() => undefined);

beforeEach(async () => {
  vi.useFakeTimers();
  model = new FakeModel();
  host = new ModelHost({
    name: 'fake',
    languages: [],
    load: () => Promise.resolve(model),
    statesLimitBytes: Infinity,
    idleMs: 1e9,
    log,
    onChange: () => undefined,
  });
  await host.use(() => Promise.resolve());
  reading = new BackgroundReading(
    () => host,
    log,
    () => undefined,
  );
});
afterEach(() => {
  reading.stop();
  vi.useRealTimers();
});

function wish(seed: number, overrides: Partial<Wish> = {}): Wish {
  const ids = Array.from({ length: 200 }, (_, i) => seed * 1000 + i);
  return { scope: '', ids, keep: { at: [100, 200] }, soon: false, ...overrides };
}

const isRead = ({ ids }: Wish) => host.current!.checkpoints.reusable('', ids) === ids.length;

describe('BackgroundReading', () => {
  it('reads at once what the next key needs, and the rest when it has been quiet', async () => {
    const [soon, later] = [wish(1, { soon: true }), wish(2)];
    reading.wants('a', [soon, later]);
    await vi.advanceTimersByTimeAsync(100);
    expect(isRead(soon)).toBe(true);
    expect(isRead(later)).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(isRead(later)).toBe(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(vi.getTimerCount()).toBe(1); // the model's own idle timer
  });

  it('reads the document that was wanted last first, and each once', async () => {
    const done: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const seed = name.charCodeAt(0);
      reading.wants(name, [wish(seed, { done: () => done.push(name) })]);
    }
    reading.wants('a', [wish(97, { done: () => done.push('a') })]);
    reading.forget('b');
    await vi.advanceTimersByTimeAsync(5000);
    expect(done).toEqual(['a', 'c']);
    expect(model.tokensRead).toBe(400);
  });

  it('makes way for a request at the next block, and goes on from there afterwards', async () => {
    const read = model.read.bind(model);
    let blocks = 0;
    model.read = async (state, ids, options) => {
      if (++blocks === 2) reading.begin();
      await read(state, ids, options);
    };
    const long = wish(1, { soon: true });
    reading.wants('a', [long]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isRead(long)).toBe(false);
    expect(host.current!.checkpoints.reusable('', long.ids)).toBe(100);
    expect(reading.active).toBe(false);
    reading.end();
    await vi.advanceTimersByTimeAsync(10);
    expect(isRead(long)).toBe(true);
  });

  it('does nothing, and holds no timer, when it is off', async () => {
    const timers = vi.getTimerCount();
    reading.setEnabled(false);
    reading.wants('a', [wish(1, { soon: true })]);
    reading.begin();
    reading.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(model.tokensRead).toBe(0);
    expect(vi.getTimerCount()).toBe(timers);
  });

  it('goes on after a text that cannot be read', async () => {
    const good = wish(2);
    const read = model.read.bind(model);
    model.read = (state, ids, options) =>
      ids[0] === 1000 ? Promise.reject(new Error('no')) : read(state, ids, options);
    reading.wants('b', [good]);
    reading.wants('a', [wish(1)]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(isRead(good)).toBe(true);
  });
});
