import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTextEdits } from '../../../extension/engine/edits';

function apply(text: string, edits: { offset: number; length: number; text: string }[]): string {
  return edits.reduce(
    (now, edit) => now.slice(0, edit.offset) + edit.text + now.slice(edit.offset + edit.length),
    text,
  );
}

describe('toTextEdits', () => {
  it('gives edits that can be applied one after the other, in whatever order the changes come', () => {
    const text = 'abcdef';
    const changes = [
      { rangeOffset: 1, rangeLength: 2, text: 'XYZ' },
      { rangeOffset: 4, rangeLength: 1, text: '' },
    ];
    expect(apply(text, toTextEdits(changes))).toBe('aXYZdf');
    expect(apply(text, toTextEdits([...changes].reverse()))).toBe('aXYZdf');
  });

  it('equals replacing all ranges of the old text at once', () => {
    const cuts = fc
      .uniqueArray(fc.nat(30), { minLength: 2, maxLength: 8 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        fc.string({ minLength: 31, maxLength: 40 }),
        cuts,
        fc.array(fc.string(), { minLength: 4, maxLength: 4 }),
        (text, at, texts) => {
          let expected = '';
          let from = 0;
          const changes = [];
          for (let i = 0; i + 1 < at.length; i += 2) {
            const [start, end, inserted] = [at[i]!, at[i + 1]!, texts[i / 2]!];
            changes.push({ rangeOffset: start, rangeLength: end - start, text: inserted });
            expected += text.slice(from, start) + inserted;
            from = end;
          }
          expect(apply(text, toTextEdits(changes))).toBe(expected + text.slice(from));
        },
      ),
    );
  });
});
