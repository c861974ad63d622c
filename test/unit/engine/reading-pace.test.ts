import { expect, test } from 'vitest';
import { nextBlockTokens, remember, type TimedBlock } from '../../../runtime/engine/reading-pace';
import { blocks } from '../../../runtime/graph/blocks';

/** The lengths of `count` blocks on a device that takes so many milliseconds for a block and for each of its tokens. */
function lengths(count: number, perBlock: number, perToken: number, first = 0): number[] {
  let recent: readonly TimedBlock[] = [];
  return Array.from({ length: count }, (_, i) => {
    const tokens = nextBlockTokens(recent, blocks.longest);
    recent = remember(recent, { tokens, ms: perBlock + tokens * perToken + (i === 0 ? first : 0) });
    return tokens;
  });
}

test('blocks grow to what a keystroke may wait for', () => {
  // As measured on an H100 with Mamba-2 of 130 M: 512 tokens in 34 ms, 2,048 in 60.
  const found = lengths(20, 25.3, 0.017);
  expect(found[0]).toBe(blocks.shortest);
  for (const [i, tokens] of found.slice(1).entries()) expect(tokens).toBeGreaterThanOrEqual(found[i]!);
  const last = found.at(-1)!;
  expect(25.3 + 0.017 * last).toBeLessThanOrEqual(50);
  expect(25.3 + 0.017 * (last + 4 * blocks.multiple)).toBeGreaterThan(50);
  expect(last % blocks.multiple).toBe(0);
});

test('fast devices take the longest blocks, slow ones the shortest', () => {
  expect(lengths(10, 5, 0.005).at(-1)).toBe(blocks.longest);
  expect(new Set(lengths(10, 50, 0.5))).toEqual(new Set([blocks.shortest]));
});

test('what the first block prepares does not count for long', () => {
  expect(lengths(20, 25.3, 0.017, 400).at(-1)).toBe(lengths(20, 25.3, 0.017).at(-1));
});

test('one block that was held up changes nothing', () => {
  const usual = { tokens: 1024, ms: 40 };
  const recent = remember([usual, usual], { tokens: 1024, ms: 900 });
  expect(nextBlockTokens(recent, blocks.longest)).toBe(nextBlockTokens([usual], blocks.longest));
});

test('rests tell nothing, and shorter blocks than can be are not asked for', () => {
  expect(remember([], { tokens: 100, ms: 20 })).toEqual([]);
  expect(nextBlockTokens([{ tokens: 512, ms: 1 }], 64)).toBe(64);
});
