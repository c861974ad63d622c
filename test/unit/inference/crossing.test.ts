import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptOnDevice, type StateLayout, type WindowState } from '../../../runtime/graph/states';
import { fromDevice, sharedTokens, toDevice } from '../../../runtime/inference/crossing';
import { emptyState, type StateData } from '../../../runtime/inference/state-data';
import { joinPages, splitPages, type Page } from '../../../runtime/inference/windows';

const sizes = [1, 2, 48, 64, 65, 100, 200, Infinity];
const layout: StateLayout = {
  recurrent: [{ name: 'r', shape: [2, 3] }],
  pending: [{ name: 'p', width: 4 }],
  windows: sizes.map((window) => ({ name: `w${window}`, window, keyValueHeads: 2, headSize: 2 })),
  rotations: [],
  longestRun: Infinity,
  onDevice: false,
};

/** Keys of the last `count` of `length` tokens, that say which token, head and coordinate they are; values are their negatives. */
function lastTokens(length: number, count: number): Page {
  const keys = new Float32Array(2 * count * 2);
  for (let i = 0; i < keys.length; i++) {
    const token = length - count + (Math.floor(i / 2) % count);
    keys[i] = token * 10 + Math.floor(i / (2 * count)) * 2 + (i % 2) + 1;
  }
  return { keys, values: keys.map((value) => -value) };
}

const visible = ({ window }: WindowState, length: number) => Math.min(window - 1, length);

/** The CPU's state after `length` tokens. */
function stateAt(length: number): StateData {
  return {
    ...emptyState(layout),
    length,
    recurrent: new Map([['r', new Float32Array(6).fill(length)]]),
    windows: layout.windows.map((window) => {
      return splitPages(window, lastTokens(length, visible(window, length)), length)!;
    }),
    logits: Float32Array.of(length),
  };
}

/** What a device that has read up to `length` gives of tokens from `since` on. */
function givenAt(length: number, since: number) {
  const tensors = new Map<string, Float32Array>([['r', new Float32Array(6).fill(length)]]);
  for (const { name, window } of layout.windows) {
    const { keys, values } = lastTokens(length, Math.min(keptOnDevice(window, length), length - since));
    tensors.set(`${name}.keys`, keys).set(`${name}.values`, values);
  }
  return { length, tensors, logits: Float32Array.of(length) };
}

const counts = fc.integer({ min: 1, max: 700 });

test('a state that a device has read on is the one that the CPU would have, and shares its full pages', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constant(0), counts), counts, (before, count) => {
      const length = before + count;
      const base = before === 0 ? emptyState(layout) : stateAt(before);
      const found = fromDevice(base, givenAt(length, sharedTokens(base)), layout);
      const expected = stateAt(length);
      expect({ ...found, windows: [] }).toEqual({ ...expected, windows: [] });
      for (const [i, window] of layout.windows.entries()) {
        const [pages, old] = [found.windows[i]!, base.windows[i]!];
        expect(pages.first).toBe(expected.windows[i]!.first);
        expect(pages.pages.length).toBe(expected.windows[i]!.pages.length);
        expect(joinPages(window, pages, length)).toEqual(joinPages(window, expected.windows[i]!, length));
        const full = Math.floor(before / 64) - pages.first;
        for (let page = 0; page < full; page++)
          expect(pages.pages[page]).toBe(old.pages[page + pages.first - old.first]);
      }
    }),
    { numRuns: 60 },
  );
});

test('what goes to a device has the sizes that it keeps, and comes back the same', () => {
  fc.assert(
    fc.property(counts, (length) => {
      const state = stateAt(length);
      const tensors = toDevice(state, layout);
      expect([...tensors.keys()]).toEqual([...givenAt(length, 0).tensors.keys()]);
      for (const { name, window } of layout.windows) {
        expect(tensors.get(`${name}.keys`)!.length).toBe(4 * keptOnDevice(window, length));
        if (window > 1)
          expect(tensors.get(`${name}.values`)).toEqual(givenAt(length, 0).tensors.get(`${name}.values`));
      }
      const back = fromDevice(emptyState(layout), { length, tensors, logits: state.logits! }, layout);
      expect(back).toEqual(state);
    }),
    { numRuns: 60 },
  );
});

test('pending tokens do not cross', () => {
  const pending = { tokens: 1, rows: [new Float32Array(4)] };
  expect(() => toDevice({ ...stateAt(5), pending }, layout)).toThrow(/pending/);
});
