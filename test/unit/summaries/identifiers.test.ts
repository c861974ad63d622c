import { expect, test } from 'vitest';
import { faithfulness, identifiersIn } from '../../../runtime/summaries/identifiers';
import { wordsOf } from '../../../runtime/summaries/words';

test.each([
  ['Reads a file and returns its text.', []],
  ['Calls readFile() with `path` and utf8.', ['readFile', 'path', 'utf8']],
  ['Sets self.max_size on the Parser.', ['max_size']],
  ['Parses JSON over HTTP2 for all IDs, e.g. URLs.', []],
  ['Wraps an XMLHttpRequest or a snake_case name.', ['XMLHttpRequest', 'snake_case']],
  ['Returns `None` or `true`.', []],
  ['Ends. Then starts', []],
])('%s', (prose, names) => {
  expect([...identifiersIn(prose)].sort()).toEqual([...names].sort());
});

test('the share of names that exist', () => {
  const words = wordsOf('function readFile(path) { return path; }');
  expect(faithfulness('Calls readFile() with `path`.', words)).toEqual({ named: 2, existing: 2, share: 1 });
  expect(faithfulness('Calls writeFile() with `path`.', words)).toEqual({
    named: 2,
    existing: 1,
    share: 0.5,
  });
  expect(faithfulness('Reads.', words)).toEqual({ named: 0, existing: 0, share: 1 });
});
