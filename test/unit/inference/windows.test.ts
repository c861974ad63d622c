import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptySlot, type WindowState } from '../../../runtime/graph/states';
import {
  joinPages,
  noPages,
  oldestPage,
  pageTokens,
  slotCount,
  splitPages,
  WindowRing,
  type Page,
  type WindowPages,
} from '../../../runtime/inference/windows';

const shape = (window: number): WindowState => ({ name: 'w', window, keyValueHeads: 2, headSize: 2 });

/** Keys that say which token, head and coordinate they are; values are their negatives. */
function tokens(start: number, count: number): Page {
  const keys = new Float32Array(2 * count * 2);
  for (let head = 0; head < 2; head++)
    for (let t = 0; t < count; t++)
      for (let i = 0; i < 2; i++) keys[(head * count + t) * 2 + i] = (start + t) * 10 + head * 2 + i + 1;
  return { keys, values: keys.map((value) => -value) };
}

/** Positions that a later token can see and that the ring does not hold in the slot that `positions` names. */
function missing(ring: WindowRing, window: number, length: number): number[] {
  const held = new Set<number>();
  for (const [slot, position] of ring.positions.entries()) {
    const right = [0, 1, 2, 3].every((part) => {
      const at = ((part >> 1) * ring.slots + slot) * 2 + (part & 1);
      return ring.keys[at] === position * 10 + part + 1 && ring.values[at] === -ring.keys[at]!;
    });
    if (position !== emptySlot && right) held.add(position);
  }
  const seen = Array.from({ length: Math.min(window - 1, length) }, (_, i) => length - 1 - i);
  return seen.filter((position) => !held.has(position));
}

const windows = fc.constantFrom(1, 2, 48, 64, 65, 100, 128, 200, Infinity);
const blocks = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 200 })), {
  maxLength: 8,
});

test('a ring holds the window after blocks of any length, and its pages lay it out again', () => {
  fc.assert(
    fc.property(windows, blocks, (window, counts) => {
      const ring = new WindowRing(shape(window));
      let pages: WindowPages = noPages;
      let length = 0;
      for (const count of counts) {
        pages = ring.append(pages, length, tokens(length, count), count);
        length += count;
        expect(missing(ring, window, length)).toEqual([]);
        const copy = new WindowRing(shape(window));
        const complete = ring.complete(pages, length);
        copy.load(complete, length);
        expect(missing(copy, window, length)).toEqual([]);
        expect(pages.first + complete.pages.length).toBe(Math.ceil(length / pageTokens));
        expect(pages.first).toBe(oldestPage(window, length));
      }
    }),
    { numRuns: 50 },
  );
});

test('a ring that was laid out again goes on like the first, sharing pages and never writing them', () => {
  fc.assert(
    fc.property(windows, blocks, blocks, (window, before, after) => {
      const first = new WindowRing(shape(window));
      let pages: WindowPages = noPages;
      let length = 0;
      for (const count of before) {
        pages = first.append(pages, length, tokens(length, count), count);
        length += count;
      }
      const kept = first.complete(pages, length);
      const content = kept.pages.map(({ keys }) => keys.slice());
      const second = new WindowRing(shape(window));
      second.load(kept, length);
      let resumed = kept;
      let at = length;
      for (const count of after) {
        resumed = second.append(resumed, at, tokens(at, count), count);
        at += count;
        expect(missing(second, window, at)).toEqual([]);
      }
      expect(kept.pages.map(({ keys }) => keys)).toEqual(content);
    }),
    { numRuns: 40 },
  );
});

test('pages in one piece are as long as the window, however much was read, and come apart again', () => {
  fc.assert(
    fc.property(windows, blocks, (window, counts) => {
      const ring = new WindowRing(shape(window));
      let pages: WindowPages = noPages;
      let length = 0;
      for (const count of counts) {
        pages = ring.append(pages, length, tokens(length, count), count);
        length += count;
      }
      const joined = joinPages(shape(window), ring.complete(pages, length), length);
      const count = Math.min(window - 1, length);
      expect(joined).toEqual(tokens(length - count, count));
      const again = splitPages(shape(window), joined, length)!;
      const copy = new WindowRing(shape(window));
      copy.load(again, length);
      expect(missing(copy, window, length)).toEqual([]);
      expect(joinPages(shape(window), again, length)).toEqual(joined);
      if (length < window - 1) expect(splitPages(shape(window), joined, length + 1)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test('slots grow with the text and stop at the window', () => {
  expect([0, 1, 64, 65, 129, 4000, 5000, 10 ** 6].map((length) => slotCount(4096, length))).toEqual([
    0, 64, 64, 128, 256, 4096, 4096, 4096,
  ]);
  expect(slotCount(100, 10_000)).toBe(128);
  for (const length of [1, 64, 65, 1000, 10_000, 123_456]) {
    const slots = slotCount(Infinity, length);
    expect(slots % pageTokens).toBe(0);
    expect(slots).toBeGreaterThanOrEqual(length);
    expect(slots).toBeLessThan(1.25 * length + 2 * pageTokens);
  }
});

test('memory that runs out is said', () => {
  const ring = new WindowRing({ ...shape(Infinity), keyValueHeads: 2 ** 40, headSize: 2 ** 20 });
  const empty = { keys: new Float32Array(0), values: new Float32Array(0) };
  expect(() => ring.append(noPages, 0, empty, 1)).toThrow(/no memory left .* 64 tokens/);
});
