import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointPlaces, NEAR_SPACING } from '../../../runtime/completion/checkpoint-places';

const lines = (count: number, tokens: number, header = 0) =>
  Array.from({ length: count }, (_, i) => header + (i + 1) * tokens);

describe('checkpointPlaces', () => {
  it('leaves a short text with its end alone', () => {
    expect(checkpointPlaces({ header: 10, end: 110, lineEnds: lines(10, 10, 10), definitions: [] })).toEqual([
      110,
    ]);
    expect(checkpointPlaces({ header: 0, end: 0, lineEnds: [], definitions: [] })).toEqual([]);
  });

  it('keeps a header that is worth it', () => {
    const text = { header: 300, end: 400, lineEnds: lines(10, 10, 300), definitions: [] };
    expect(checkpointPlaces(text)).toEqual([300, 400]);
  });

  it('prefers the beginning of a top-level definition to a line within one', () => {
    const text = { header: 0, end: 1000, lineEnds: lines(100, 10), definitions: [80, 430, 900] };
    expect(checkpointPlaces(text)).toEqual([430, 900, 1000]);
  });

  it('grows thinner with the distance from the end', () => {
    const places = checkpointPlaces({ header: 0, end: 16_000, lineEnds: lines(1600, 10), definitions: [] });
    const gaps = places.map((place, i) => place - (places[i - 1] ?? 0));
    expect(gaps[0]).toBe(4000);
    expect(gaps.slice(-4, -1).every((gap) => gap <= NEAR_SPACING)).toBe(true);
    expect(places.length).toBeLessThan(16);
  });

  it('an edit re-reads at most the spacing of its distance, whatever the lines are like', () => {
    const text = fc
      .record({
        header: fc.integer({ min: 0, max: 800 }),
        tokens: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 400 }),
        every: fc.integer({ min: 1, max: 40 }),
      })
      .map(({ header, tokens, every }) => {
        let at = header;
        const lineEnds = tokens.map((count) => (at += count));
        return { header, end: at, lineEnds, definitions: lineEnds.filter((_, i) => i % every === 0) };
      });
    fc.assert(
      fc.property(text, (given) => {
        const places = checkpointPlaces(given);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(new Set(places).size).toBe(places.length);
        expect(places.at(-1) ?? 0).toBe(given.end);
        const known = [given.header, ...given.lineEnds, given.end];
        let before = given.header;
        for (const place of places) {
          expect(known).toContain(place);
          expect(place - before).toBeLessThanOrEqual(Math.max(NEAR_SPACING, (given.end - before) / 4));
          before = Math.max(place, given.header);
        }
      }),
    );
  });
});
