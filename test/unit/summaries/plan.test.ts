import { expect, test } from 'vitest';
import type { OutlineSymbol } from '../../../runtime/protocol/outline';
import { generationOrder, mergeDeclarations, planLines } from '../../../runtime/summaries/plan';

function symbol(
  name: string,
  startLine: number,
  endLine: number,
  differs: Partial<OutlineSymbol> = {},
): OutlineSymbol {
  return {
    name,
    kind: 'function',
    range: { startLine, endLine },
    nameLine: startLine,
    signature: name,
    exported: false,
    children: [],
    ...differs,
  };
}

const outlineOf = (symbols: OutlineSymbol[]) => ({
  languageId: 'typescript',
  lineCount: 500,
  imports: [],
  symbols,
});

test('overloads and accessors are one symbol, documented by whichever has documentation', () => {
  const merged = mergeDeclarations([
    symbol('read', 0, 0, { doc: 'Reads.', exported: true }),
    symbol('read', 1, 1),
    symbol('read', 2, 9),
    symbol('size', 11, 12, { kind: 'property' }),
    symbol('size', 13, 15, { kind: 'property', doc: 'Bytes.' }),
    symbol('Reader', 17, 20, { kind: 'class' }),
    symbol('Reader', 21, 22, { kind: 'class' }),
  ]);
  expect(
    merged.map(({ name, range, doc, exported }) => [name, range.startLine, range.endLine, doc, exported]),
  ).toEqual([
    ['read', 0, 9, 'Reads.', true],
    ['size', 11, 15, 'Bytes.', false],
    ['Reader', 17, 20, undefined, false],
    ['Reader', 21, 22, undefined, false],
  ]);
});

test('the most visible first; what is small, documented or known by its name is not generated', () => {
  const planned = planLines(
    outlineOf([
      symbol('hidden', 0, 90),
      symbol('short', 100, 102, { exported: true }),
      symbol('documented', 110, 150, { exported: true, doc: 'Reads.' }),
      symbol('Store', 200, 300, {
        kind: 'class',
        exported: true,
        children: [
          symbol('constructor', 201, 210, { kind: 'constructor', exported: true }),
          symbol('__repr__', 211, 216, { kind: 'method', exported: true }),
          symbol('put', 220, 240, {
            kind: 'method',
            exported: true,
            children: [symbol('inner', 221, 225), symbol('large', 226, 240)],
          }),
          symbol('size', 241, 250, { kind: 'property', exported: true }),
        ],
      }),
      symbol('small', 400, 405, { exported: true }),
      symbol('big', 410, 450, { exported: true }),
    ]),
  );
  expect(generationOrder(planned).map((index) => planned[index]?.line.name)).toEqual([
    'big',
    'small',
    'put',
    'hidden',
    'large',
  ]);
});

test('symbols outside the range are left out, those that touch it stay with their owner', () => {
  const symbols = [
    symbol('a', 0, 10, { children: [symbol('b', 2, 4), symbol('c', 6, 8)] }),
    symbol('d', 12, 20),
  ];
  const planned = planLines(outlineOf(symbols), { startLine: 7, endLine: 11 });
  expect(planned.map(({ line, ownerName }) => [line.name, line.depth, ownerName])).toEqual([
    ['a', 0, undefined],
    ['c', 1, 'a'],
  ]);
});
