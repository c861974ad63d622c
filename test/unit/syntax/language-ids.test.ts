import { expect, test } from 'vitest';
import { languageIdOf } from '../../../runtime/syntax';

test.each([
  ['src/a.ts', 'typescript'],
  ['src/a.d.mts', 'typescript'],
  ['a.TSX', 'typescriptreact'],
  ['C:\\code\\a.py', 'python'],
  ['Makefile', 'makefile'],
  ['deep/tsconfig.json', 'jsonc'],
  ['package.json', 'json'],
  ['notes.ipynb', 'ipynb'],
  ['no-extension', 'plaintext'],
  ['.gitignore', 'plaintext'],
  ['x.constructor', 'plaintext'],
  ['__proto__', 'plaintext'],
  ['', 'plaintext'],
])('%s is %s', (path, id) => {
  expect(languageIdOf(path)).toBe(id);
});
