import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextBuffer } from '../../../runtime/engine/text-buffer';

const long = fc
  .integer({ min: 0, max: 70_000 })
  .map((length) => 'abcdefghij\n'.repeat(length / 10).slice(0, length));
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.oneof(fc.string(), fc.constant('\n'), long),
});

it('is what a string under the same edits is', () => {
  fc.assert(
    fc.property(long, fc.array(edit, { maxLength: 12 }), (text, edits) => {
      let expected = text;
      const buffer = new TextBuffer(text);
      for (const { at, share, text: inserted } of edits) {
        const offset = Math.floor(at * expected.length);
        const length = Math.floor(share * share * (expected.length - offset));
        expected = expected.slice(0, offset) + inserted + expected.slice(offset + length);
        buffer.replace(offset, length, inserted);
        expect(buffer.length).toBe(expected.length);
        const from = Math.floor(share * expected.length);
        expect(buffer.slice(from, from + 40_000) === expected.slice(from, from + 40_000)).toBe(true);
        expect(buffer.slice(0, offset) === expected.slice(0, offset)).toBe(true);
      }
      expect(buffer.toString() === expected).toBe(true);
      expect(buffer.slice(-5, expected.length + 5) === expected).toBe(true);
    }),
    { numRuns: 60 },
  );
});
