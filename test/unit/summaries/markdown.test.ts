import { expect, test } from 'vitest';
import type { FileSummary, SummaryLine } from '../../../runtime/protocol/summaries';
import { toMarkdown } from '../../../runtime/summaries';

const line: SummaryLine = {
  name: 'a',
  kind: 'function',
  signature: 'a()',
  range: { startLine: 0, endLine: 1 },
  nameLine: 0,
  exported: true,
  depth: 0,
  text: '',
  source: 'none',
};

const summary: FileSummary = {
  path: '/w/a.ts',
  displayPath: 'src/a.ts',
  languageId: 'typescript',
  lineCount: 12,
  contentHash: '',
  purpose: { text: 'Reads `a` files.', source: 'doc' },
  importedBy: [],
  lines: [line],
  cost: { tokensRead: 0, tokensGenerated: 0, generatedLines: 0, ms: 0 },
  approximate: false,
};

test('a summary as a document', () => {
  const lines: SummaryLine[] = [
    { ...line, text: 'Opens it.', source: 'doc' },
    { ...line, signature: 'b(x: number)', depth: 1, nameLine: 4, text: 'Closes it.', source: 'generated' },
    { ...line, signature: 'c', depth: 0 },
  ];
  const text = toMarkdown({ ...summary, lines, importedBy: ['b.ts'] }, (each) =>
    each.signature === 'c' ? undefined : `src/a.ts#L${each.nameLine + 1}`,
  );
  expect(text).toBe(
    [
      '# `src/a.ts`',
      '',
      'Reads `a` files.',
      '',
      '12 lines, typescript',
      '',
      'Imported by `b.ts`',
      '',
      '- [`a()`](<src/a.ts#L1>): Opens it.',
      '  - [`b(x: number)`](<src/a.ts#L5>): Closes it. *(generated)*',
      '- `c`',
      '',
    ].join('\n'),
  );
});

test('nothing in a file can add markup', () => {
  const hostile = '<img src=x> [a](javascript:1) **b** `unclosed # _c_ ![d](e) | https://x.org @me';
  const text = toMarkdown(
    {
      ...summary,
      displayPath: 'a`b/<c>.ts',
      purpose: { text: hostile, source: 'doc' },
      lines: [{ ...line, signature: 'f(`x``y`)', text: '- item', source: 'doc' }],
    },
    () => 'a b>.ts',
  );
  expect(text).toContain('# ``a`b/<c>.ts``');
  expect(text).toContain(
    '\\<img src=x\\> \\[a\\](javascript:1) \\*\\*b\\*\\* \\`unclosed \\# \\_c\\_ \\!\\[d\\](e) \\| https\\://x.org \\@me',
  );
  expect(text).toContain('- [```f(`x``y`)```](<a%20b%3E.ts>): \\- item');
});
