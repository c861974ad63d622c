import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt, quotedLines, withoutIndentation } from '../../../webview/quote';

const marked = (text: string, first: number, highlights: { start: number; end: number }[]) =>
  quotedLines(text, first, highlights).map(
    ({ number, pieces }) => `${number}|${pieces.map((p) => (p.marked ? `[${p.text}]` : p.text)).join('')}`,
  );

describe('quotedLines', () => {
  it('numbers lines from 1, leaves out shared indentation, marks words', () => {
    const text = '    put(key) {\n      this.put = key;\n\n    }\n';
    expect(
      marked(text, 9, [
        { start: 26, end: 29 },
        { start: 4, end: 7 },
      ]),
    ).toEqual(['10|[put](key) {', '11|  this.[put] = key;', '12|', '13|}']);
  });

  it('marks a range that spans lines, and joins those that overlap', () => {
    expect(
      marked('ab\ncd\nef', 0, [
        { start: 1, end: 5 },
        { start: 3, end: 4 },
        { start: 4, end: 7 },
      ]),
    ).toEqual(['1|a[b]', '2|[cd]', '3|[e]f']);
  });

  it('reads CRLF without showing the carriage return', () => {
    expect(marked('a b\r\nc\r\n', 0, [{ start: 5, end: 6 }])).toEqual(['1|a b', '2|[c]']);
  });

  it('loses no character and marks exactly the ranges, whatever they are', () => {
    const range = fc.record({
      start: fc.integer({ min: -3, max: 40 }),
      end: fc.integer({ min: -3, max: 40 }),
    });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[ab \n]{0,30}x$/),
        fc.array(range, { maxLength: 5 }),
        (text, ranges) => {
          const lines = quotedLines(text, 0, ranges);
          const strip = text.split('\n');
          expect(lines.length).toBe(strip.length);
          let offset = 0;
          for (const [index, source] of strip.entries()) {
            const pieces = lines[index]?.pieces ?? [];
            const shown = pieces.map((piece) => piece.text).join('');
            expect(source.endsWith(shown)).toBe(true);
            expect(source.slice(0, source.length - shown.length).trim()).toBe('');
            let at = offset + source.length - shown.length;
            for (const piece of pieces) {
              for (let i = 0; i < piece.text.length; i++, at++) {
                expect(piece.marked).toBe(ranges.some((r) => at >= r.start && at < r.end));
              }
            }
            offset += source.length + 1;
          }
        },
      ),
    );
  });
});

describe('excerpt', () => {
  const lines = (count: number, hit: number) =>
    Array.from({ length: count }, (_, i) => ({ number: i + 1, pieces: [{ text: 'x', marked: i === hit }] }));

  it('shows short quotes whole', () => expect(excerpt(lines(12, 0), 10)).toEqual({ from: 0, to: 12 }));
  it('begins at the top when the first mark is near', () =>
    expect(excerpt(lines(40, 3), 10)).toEqual({ from: 0, to: 10 }));
  it('begins shortly before a first mark that is far down', () =>
    expect(excerpt(lines(40, 20), 10)).toEqual({ from: 18, to: 28 }));
  it('never reaches past the end', () => expect(excerpt(lines(40, 39), 10)).toEqual({ from: 30, to: 40 }));
  it('begins at the top without any mark', () =>
    expect(excerpt(lines(40, -1), 10)).toEqual({ from: 0, to: 10 }));
});

describe('withoutIndentation', () => {
  it('moves what follows the first line to the left, together', () => {
    expect(withoutIndentation('if (a) {\n      b();\n    }')).toBe('if (a) {\n  b();\n}');
  });
});
