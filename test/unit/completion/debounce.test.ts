import { describe, expect, it } from 'vitest';
import {
  AdaptiveDebounce,
  FIRST_DELAY_MS,
  MAX_DELAY_MS,
  MIN_DELAY_MS,
} from '../../../runtime/completion/debounce';

function typist(gap: number, latency: number): AdaptiveDebounce {
  const debounce = new AdaptiveDebounce();
  for (let i = 0; i < 50; i++) {
    debounce.asked();
    debounce.key(i * gap);
    debounce.answered(latency);
  }
  return debounce;
}

describe('AdaptiveDebounce', () => {
  it('hardly waits when answers come before the next key', () => {
    expect(typist(150, 60).delay(false)).toBe(MIN_DELAY_MS);
  });

  it('waits for the end of a burst when they do not', () => {
    expect(typist(100, 400).delay(false)).toBeCloseTo(130);
  });

  it('stays within its bounds', () => {
    expect(typist(900, 2000).delay(false)).toBe(MAX_DELAY_MS);
    expect(typist(5, 300).delay(false)).toBe(MIN_DELAY_MS);
    expect(new AdaptiveDebounce().delay(false)).toBe(FIRST_DELAY_MS);
  });

  it('does not start over for ever under steady typing', () => {
    const debounce = typist(100, 400);
    const delays = [1, 2, 3].map((i) => {
      debounce.key(4900 + i * 100);
      return debounce.delay(false);
    });
    expect(delays).toEqual([expect.closeTo(130), 50, MIN_DELAY_MS]);
    debounce.asked();
    debounce.key(5300);
    expect(debounce.delay(false)).toBeCloseTo(130);
  });

  it('does not wait on a fresh line, and takes pauses for no typing', () => {
    expect(typist(100, 400).delay(true)).toBe(MIN_DELAY_MS);
    const debounce = typist(100, 400);
    debounce.key(1_000_000);
    expect(debounce.delay(false)).toBeCloseTo(130);
  });
});
