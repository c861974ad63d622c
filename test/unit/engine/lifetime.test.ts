import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Lifetime } from '../../../runtime/engine/lifetime';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('ends when nobody comes, and after the last window, but not between two loads of the same one', () => {
  const onOver = vi.fn();
  const unused = new Lifetime({ untilFirst: 1000, afterLast: 100 }, onOver);
  vi.advanceTimersByTime(1000);
  expect(onOver).toHaveBeenCalledTimes(1);
  unused.end();
  expect(onOver).toHaveBeenCalledTimes(1);

  onOver.mockClear();
  const used = new Lifetime({ untilFirst: 1000, afterLast: 100 }, onOver);
  used.join();
  used.join();
  used.leave();
  vi.advanceTimersByTime(5000);
  used.leave();
  vi.advanceTimersByTime(99);
  used.join();
  vi.advanceTimersByTime(5000);
  expect(onOver).not.toHaveBeenCalled();
  used.leave();
  vi.advanceTimersByTime(100);
  expect(onOver).toHaveBeenCalledTimes(1);
});
