import { beforeAll, describe, expect, test } from 'vitest';
import { openGrammars, outlineOf } from '../../../runtime/syntax';
import { purposeOf } from '../../../runtime/summaries/purpose';
import { grammarsFolder } from '../syntax/grammars-folder';

beforeAll(() => openGrammars(grammarsFolder));

async function purpose(text: string, languageId: string, importedBy: string[] = []) {
  return purposeOf(await outlineOf(text, languageId), importedBy);
}

describe('the file’s own documentation', () => {
  test('its first two sentences', async () => {
    expect(await purpose('/** Reads files. Fast. Always. */\nimport "x";\n', 'typescript')).toEqual({
      text: 'Reads files. Fast.',
      source: 'doc',
    });
  });
  test('a notebook’s and a document’s first paragraph', async () => {
    expect(await purpose('# Title\n\nSays it all.\n', 'markdown')).toEqual({
      text: 'Says it all.',
      source: 'doc',
    });
  });
});

describe('a derived sentence', () => {
  test.each([
    [
      'export function a() {}\nexport class B {}\nfunction c() {}\n',
      'typescript',
      ['x.ts'],
      'Exports the class `B` and the function `a`. Imported by `x.ts`.',
    ],
    ['def _a(): pass\n', 'python', [], 'Defines the function `_a` for its own use.'],
    [
      'a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n',
      'python',
      ['x.py', 'y.py'],
      'Exports the variables `a`, `b`, `c`, `d` and 1 more. Imported by 2 files: `x.py` and `y.py`.',
    ],
    ['import os\nos.exit()\n', 'python', [], 'Defines no names of its own; imports `os`.'],
    ["describe('store', () => { test('x', () => {}); });\n", 'typescript', [], 'Tests: `store`.'],
    ['{"a": 1, "b": 2}', 'json', [], 'Data with the keys `a` and `b`.'],
    ['a: 1\nb:\n  c: 2', 'yaml', [], 'Data with the keys `a` and `b`.'],
    ['# T\n\n## A\n\n## B\n', 'markdown', [], 'A document with the sections `A` and `B`.'],
    ['', 'typescript', [], 'An empty file.'],
    ['just text', 'plaintext', [], 'No symbols found.'],
  ])('%j', async (text, id, importedBy, sentence) => {
    expect(await purpose(text, id, importedBy)).toEqual({ text: sentence, source: 'derived' });
  });
});
