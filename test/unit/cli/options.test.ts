import { describe, expect, it } from 'vitest';
import { offsetOf, oneOf, parse, parsePlace, wholeNumber } from '../../../runtime/cli/options';

describe('places', () => {
  it('reads FILE:LINE:COLUMN, colons in the file name included', () => {
    expect(parsePlace('src/a.ts:3:14')).toEqual({ file: 'src/a.ts', line: 3, column: 14 });
    expect(parsePlace('C:\\code\\a.ts:1:1').file).toBe('C:\\code\\a.ts');
    expect(() => parsePlace('src/a.ts')).toThrow('FILE:LINE:COLUMN');
  });

  it('finds the offset, with LF and CRLF, and stops at the end of the line', () => {
    const place = (line: number, column: number) => ({ file: 'a', line, column });
    expect(offsetOf('ab\ncd\n', place(2, 2))).toBe(4);
    expect(offsetOf('ab\r\ncd', place(1, 99))).toBe(2);
    expect(offsetOf('ab\r\ncd', place(2, 1))).toBe(4);
    expect(() => offsetOf('ab\n', place(5, 1))).toThrow('has only 2 lines');
  });
});

describe('options', () => {
  it('refuses what it does not know, by name', () => {
    expect(() => parse(['--what'], {})).toThrow('--what');
    expect(() => wholeNumber('limit', '1.5', 0)).toThrow('--limit takes a whole number');
    expect(() => oneOf('context', 'all', ['none', 'file'], 'none')).toThrow('none, file');
    expect(parse(['x', '--json', '--model', 'm'], {})).toMatchObject({
      positionals: ['x'],
      values: { json: true, model: 'm' },
    });
  });
});
