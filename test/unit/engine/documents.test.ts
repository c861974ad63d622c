import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Documents } from '../../../runtime/engine/documents';

const item = (text: string) => ({
  uri: 'file:///a.ts',
  displayPath: 'a.ts',
  languageId: 'typescript',
  version: 1,
  text,
});

describe('Documents', () => {
  it('follows any sequence of edits', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.tuple(fc.nat(), fc.nat(5), fc.string())), (start, edits) => {
        const documents = new Documents();
        documents.open(item(start));
        let expected = start;
        for (const [at, cut, text] of edits) {
          const offset = at % (expected.length + 1);
          const length = Math.min(cut, expected.length - offset);
          documents.change('file:///a.ts', 2, [{ offset, length, text }]);
          expected = expected.slice(0, offset) + text + expected.slice(offset + length);
        }
        expect(documents.get('file:///a.ts')!.text.toString()).toBe(expected);
      }),
    );
  });

  it('drops a document whose edits do not fit, and says so', () => {
    const documents = new Documents();
    documents.open(item('abc'));
    expect(() => documents.change('file:///a.ts', 2, [{ offset: 2, length: 5, text: '' }])).toThrow(
      /a\.ts.*open the file again/,
    );
    expect(documents.get('file:///a.ts')).toBeUndefined();
  });
});
