import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyPassage } from '../../../runtime/questions/verify';

describe('verifyPassage', () => {
  it('quotes exactly as the file has it', () => {
    expect(verifyPassage('a\r\nb\r\nc\n', { startLine: 0, endLine: 1 }, 'a\nb')).toEqual({
      range: { startLine: 0, endLine: 1 },
      text: 'a\r\nb',
    });
    expect(verifyPassage('a\rb', { startLine: 1, endLine: 1 }, 'b')).toEqual({
      range: { startLine: 1, endLine: 1 },
      text: 'b',
    });
  });

  it('follows lines that moved, to the nearest place', () => {
    expect(verifyPassage('x\ny\na\nb\n', { startLine: 0, endLine: 1 }, 'a\nb')?.range).toEqual({
      startLine: 2,
      endLine: 3,
    });
    expect(verifyPassage('a\nx\nx\na\nx', { startLine: 2, endLine: 2 }, 'a')?.range).toEqual({
      startLine: 3,
      endLine: 3,
    });
  });

  it('refuses what stands there no more', () => {
    expect(verifyPassage('a\nB', { startLine: 0, endLine: 1 }, 'a\nb')).toBeUndefined();
    expect(verifyPassage('', { startLine: 5, endLine: 6 }, 'a\nb')).toBeUndefined();
    expect(verifyPassage('a', { startLine: 0, endLine: 1 }, 'a\nb')).toBeUndefined();
  });

  it('answers with a range whose lines are the expected ones, or not at all', () => {
    const line = fc.constantFrom('a', 'b', '', 'c');
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1 }),
        fc.array(line, { minLength: 1, maxLength: 3 }),
        fc.nat(8),
        fc.constantFrom('\n', '\r\n', '\r'),
        (file, wanted, start, end) => {
          const found = verifyPassage(
            file.join(end),
            { startLine: start, endLine: start + wanted.length - 1 },
            wanted.join('\n'),
          );
          const stands = file.some((_, at) => wanted.every((text, offset) => file[at + offset] === text));
          expect(found !== undefined).toBe(stands);
          if (found) {
            expect(file.slice(found.range.startLine, found.range.endLine + 1)).toEqual(wanted);
            expect(found.text).toBe(wanted.join(end));
          }
        },
      ),
    );
  });
});
