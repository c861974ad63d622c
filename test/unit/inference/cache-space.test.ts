import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CacheSpace, roomyFor } from '../../../runtime/inference/cache-space';

test('a new space has room for an eighth more, in whole steps', () => {
  expect([1, 227, 228, 1024, 16384].map(roomyFor)).toEqual([256, 256, 512, 1280, 18432]);
});

describe('whoever holds all that is there adds to it', () => {
  test('as long as there is room', () => {
    const space = new CacheSpace(256, undefined);
    space.hold(250);
    expect(space.takes(250, 6)).toBe(true);
    expect(space.takes(250, 7)).toBe(false);
  });

  test('and of two with the same tokens only the first', () => {
    const space = new CacheSpace(256, undefined);
    space.hold(10);
    space.hold(10);
    expect(space.takes(10, 4)).toBe(true);
    space.hold(14);
    expect(space.letGo(10)).toBe(false);
    expect(space.takes(10, 4)).toBe(false);
    expect(space.takes(14, 4)).toBe(true);
  });

  test('and once that one lets go, the other', () => {
    const space = new CacheSpace(256, undefined);
    for (const length of [10, 12, 30]) space.hold(length);
    space.letGo(30);
    expect(space.takes(10, 1)).toBe(false);
    expect(space.takes(12, 1)).toBe(true);
    expect(space.letGo(12)).toBe(false);
    expect(space.takes(10, 1)).toBe(true);
    expect(space.letGo(10)).toBe(true);
  });

  test('and nobody lets go of what nobody holds', () => {
    const space = new CacheSpace(256, undefined);
    space.hold(10);
    expect(() => space.letGo(9)).toThrow('Nobody holds 9 tokens');
  });
});

interface Reader {
  /** What it has read. */
  tokens: number[];
  space: CacheSpace<number[]>;
}

const step = fc.record({
  kind: fc.constantFrom('read', 'read', 'fork', 'release'),
  which: fc.nat(),
  count: fc.integer({ min: 1, max: 300 }),
});

test('whatever states do, each finds what it has read, and a space lasts as long as somebody holds some of it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const readers: Reader[] = [];
      const live = new Set<CacheSpace<number[]>>();
      let next = 0;
      const read = (reader: Reader | undefined, count: number): Reader => {
        const before = reader?.tokens ?? [];
        const added = Array.from({ length: count }, () => next++);
        const tokens = [...before, ...added];
        let space = reader?.space;
        if (!space?.takes(before.length, count)) {
          space = new CacheSpace(roomyFor(tokens.length), before.slice());
          live.add(space);
        }
        space.hold(tokens.length);
        for (const [i, token] of added.entries()) space.content[before.length + i] = token;
        return { tokens, space };
      };
      const letGo = ({ tokens, space }: Reader) => {
        if (space.letGo(tokens.length)) live.delete(space);
      };
      for (const { kind, which, count } of steps) {
        const at = readers.length === 0 ? -1 : which % readers.length;
        const reader = readers[at];
        if (!reader) readers.push(read(undefined, count));
        else if (kind === 'read') {
          readers[at] = read(reader, count);
          letGo(reader);
        } else if (kind === 'fork') {
          reader.space.hold(reader.tokens.length);
          readers.push({ ...reader });
        } else {
          readers.splice(at, 1);
          letGo(reader);
        }
        for (const { tokens, space } of readers) {
          expect(space.content.slice(0, tokens.length)).toEqual(tokens);
          expect(tokens.length).toBeLessThanOrEqual(space.tokens);
        }
        expect(live).toEqual(new Set(readers.map(({ space }) => space)));
      }
    }),
  );
});
