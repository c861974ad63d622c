import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RadixTree } from '../../../runtime/state/radix-tree';

const startsWith = (ids: readonly number[], prefix: readonly number[]) =>
  prefix.length <= ids.length && prefix.every((id, i) => ids[i] === id);

describe('RadixTree', () => {
  it('finds the longest kept sequence that a text begins with', () => {
    const tree = new RadixTree<string>();
    tree.set([1, 2], 'short');
    tree.set([1, 2, 3, 4], 'long');
    tree.set([1, 9], 'other');
    expect(tree.longestPrefix([1, 2, 3, 4, 5])).toEqual({ length: 4, value: 'long' });
    expect(tree.longestPrefix([1, 2, 3])).toEqual({ length: 2, value: 'short' });
    expect(tree.longestPrefix([1, 2, 3, 4, 5], (value) => value !== 'long')).toEqual({
      length: 2,
      value: 'short',
    });
    expect(tree.longestPrefix([2, 1])).toBeUndefined();
  });

  it('keeps the empty sequence like any other', () => {
    const tree = new RadixTree<string>();
    tree.set([], 'empty');
    expect(tree.longestPrefix([5])).toEqual({ length: 0, value: 'empty' });
    expect(tree.delete([])).toBe('empty');
    expect(tree.size).toBe(0);
  });

  // Few different tokens, so that sequences share beginnings, end inside each other, and branch.
  const sequence = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 8 });
  const step = fc.record({ kind: fc.constantFrom('set', 'delete', 'find'), ids: sequence });

  it('does what a list of sequences does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tree = new RadixTree<number>();
        const model = new Map<string, { ids: number[]; value: number }>();
        for (const [value, { kind, ids }] of steps.entries()) {
          const key = ids.join();
          if (kind === 'set') {
            expect(tree.set(ids, value)).toBe(model.get(key)?.value);
            model.set(key, { ids, value });
          } else if (kind === 'delete') {
            expect(tree.delete(ids)).toBe(model.get(key)?.value);
            model.delete(key);
          } else {
            const fitting = [...model.values()].filter((each) => startsWith(ids, each.ids));
            const longest = fitting.sort((a, b) => b.ids.length - a.ids.length)[0];
            expect(tree.longestPrefix(ids)).toEqual(
              longest && { length: longest.ids.length, value: longest.value },
            );
            expect(tree.get(ids)).toBe(model.get(key)?.value);
          }
          expect(tree.size).toBe(model.size);
        }
        const listed = [...tree.entries()];
        const expected = [...model.values()].map(({ ids, value }) => {
          const shorter = [...model.values()].filter(
            (other) => other.ids.length < ids.length && startsWith(ids, other.ids),
          );
          const parent = Math.max(0, ...shorter.map((other) => other.ids.length));
          return { value, length: ids.length, parent };
        });
        const order = (a: { value: number }, b: { value: number }) => a.value - b.value;
        expect(listed.sort(order)).toEqual(expected.sort(order));
      }),
    );
  });
});
