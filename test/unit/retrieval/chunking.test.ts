import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileOutline, OutlineSymbol } from '../../../runtime/protocol/outline';
import { chunksOf } from '../../../runtime/retrieval/chunking';
import { splitLines, withLineFeeds } from '../../../runtime/retrieval/lines';
import { windowsOf } from '../../../runtime/retrieval/line-windows';
import { outlineYaml } from '../../../runtime/syntax/yaml';

function symbol(
  name: string,
  startLine: number,
  endLine: number,
  more: Partial<OutlineSymbol> = {},
): OutlineSymbol {
  return {
    name,
    kind: 'function',
    range: { startLine, endLine },
    nameLine: startLine,
    signature: name,
    exported: true,
    children: [],
    ...more,
  };
}
const outline = (lineCount: number, symbols: OutlineSymbol[]): FileOutline => ({
  languageId: 'typescript',
  lineCount,
  imports: [],
  symbols,
});
const numbered = (count: number) => Array.from({ length: count }, (_, line) => `line ${line}`);

describe('chunksOf', () => {
  it('gives functions, the header before them and long classes by their methods', () => {
    const lines = numbered(100);
    const method = symbol('put', 60, 95, { kind: 'method' });
    const chunks = chunksOf(
      outline(100, [symbol('f', 10, 30), symbol('Store', 40, 99, { kind: 'class', children: [method] })]),
      lines,
    );
    expect(chunks.map(({ range, title }) => [range.startLine, range.endLine, title])).toEqual([
      [0, 9, undefined],
      [10, 30, 'function f'],
      [31, 39, undefined],
      [40, 59, 'class Store'],
      [60, 95, 'class Store › method put'],
      [96, 99, 'class Store'],
    ]);
    expect(chunks[1]!.text).toBe(lines.slice(10, 31).join('\n'));
  });

  it('cuts YAML by its first keys, and by the keys below where these are long', () => {
    const job = (name: string) => [`  ${name}:`, '    steps:', ...Array<string>(48).fill('      - run: x')];
    const lines = ['# Builds.', '', 'name: CI', 'on: push', '', 'jobs:', ...job('lint'), ...job('test')];
    const chunks = chunksOf(outlineYaml(lines.join('\n')), lines);
    expect(chunks.map(({ range, title }) => [range.startLine, range.endLine, title])).toEqual([
      [0, 5, undefined],
      [6, 55, 'property jobs › property lint'],
      [56, 105, 'property jobs › property test'],
    ]);
    expect(chunks[0]!.symbols).toEqual(['name', 'on', 'jobs']);
  });

  it('joins one-line neighbours', () => {
    const symbols = Array.from({ length: 10 }, (_, at) =>
      symbol(`c${at}`, at * 2, at * 2, { kind: 'constant' }),
    );
    const chunks = chunksOf(
      outline(20, symbols),
      numbered(20).map((line, at) => (at % 2 ? '' : line)),
    );
    expect(chunks).toHaveLength(1);
    expect(chunks[0]!.symbols).toEqual(symbols.map(({ name }) => name));
  });

  it('covers every line that is not blank exactly once, whatever the outline says', () => {
    const range = fc
      .tuple(fc.nat(120), fc.nat(120))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const kind = fc.constantFrom('class', 'function', 'section', 'constant') as fc.Arbitrary<
      OutlineSymbol['kind']
    >;
    const leaf = fc.tuple(range, kind).map(([[from, to], k]) => symbol('s', from, to, { kind: k }));
    const tree = fc
      .tuple(range, kind, fc.array(leaf, { maxLength: 4 }))
      .map(([[from, to], k, children]) => symbol('t', from, to, { kind: k, children }));
    const text = fc.array(fc.constantFrom('', 'x', '  y', 'z'.repeat(3000)), {
      minLength: 1,
      maxLength: 110,
    });
    fc.assert(
      fc.property(text, fc.array(tree, { maxLength: 5 }), (lines, symbols) => {
        const covered = chunksOf(outline(lines.length, symbols), lines).flatMap(
          ({ range: { startLine, endLine }, text: body }) => {
            expect(body).toBe(lines.slice(startLine, endLine + 1).join('\n'));
            return Array.from({ length: endLine - startLine + 1 }, (_, at) => startLine + at);
          },
        );
        expect(new Set(covered).size).toBe(covered.length);
        const wanted = lines.flatMap((line, at) => (line.trim() === '' ? [] : [at]));
        expect(wanted.filter((line) => !covered.includes(line))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('windowsOf', () => {
  it('ends before a blank line where there is one', () => {
    const lines = numbered(120).map((line, at) => (at === 44 ? '' : line));
    expect(windowsOf({ startLine: 0, endLine: 119 }, 80, { lines })[0]).toEqual({
      startLine: 0,
      endLine: 44,
    });
  });
});

describe('lines', () => {
  it('count as in the editor', () => {
    expect(splitLines('a\r\nb\nc\rd')).toEqual({
      lines: ['a', 'b', 'c', 'd'],
      ends: ['\r\n', '\n', '\r', ''],
    });
    expect(withLineFeeds('a\r\nb\rc')).toBe('a\nb\nc');
  });
});
