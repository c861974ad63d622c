import { describe, expect, test } from 'vitest';
import { cleaned, isRepetitive, judge, type GeneratedText } from '../../../runtime/summaries/judge';
import { wordsOf } from '../../../runtime/summaries/words';

const code = `export function splitPath(path: string): string[] {
  const paths = path.split('/');
  if (paths[0] === '') paths.shift();
  return paths;
}`;
const symbol = { name: 'splitPath', code };
const words = wordsOf(`${code} class HonoRequest {} const GET_ROUTE = 1;`);

function judged(text: string, differs: Partial<GeneratedText> = {}) {
  return judge({ text, meanLogProbability: -0.6, ended: true, ...differs }, symbol, words);
}

test('a line that says something true of the code is kept, cleaned', () => {
  expect(judged('divides a path string and shifts an empty first part')).toEqual({
    text: 'Divides a path string and shifts an empty first part.',
  });
  expect(judged('Returns the `paths` without the first when empty.')).toEqual({
    text: 'Returns the `paths` without the first when empty.',
  });
});

describe('dropped', () => {
  test.each([
    ['empty', ''],
    ['empty', '@param path'],
    ['garbled', 'if (path) { return; }'],
    ['garbled', 'Splits `path'],
    ['garbled', 'Splits'],
    ['repetitive', 'Splits the path the path the path.'],
    ['repetitive', 'Splits the the path.'],
    ['unfaithful', 'Splits the path with `splitter`.'],
    ['unfaithful', 'Returns the parts through splitRoutingPath.'],
    ['foreign', 'Splits the path the way Express does.'],
    ['ungrounded', 'Sends the path to the browser.'],
    ['circular', 'Splits a path into the path.'],
    ['restates', 'Splits the path.'],
    ['restates', 'Get the split path of the given value.'],
  ])('%s: %j', (reason, text) => {
    expect(judged(text)).toEqual({ dropped: reason });
  });

  test('what the model was unsure of, and what had no end', () => {
    const text = 'Splits a path string and shifts an empty first part.';
    expect(judged(text, { meanLogProbability: -2 })).toEqual({ dropped: 'unlikely' });
    expect(judged(text, { meanLogProbability: Number.NaN })).toEqual({ dropped: 'unlikely' });
    expect(judged(text, { ended: false })).toEqual({ dropped: 'unfinished' });
  });
});

test.each([
  ['/** Reads all. */', 'Reads all.'],
  ['reads  all\nof it', 'Reads all.'],
  ['Reads :class:`~a.Reader` and ``b``', 'Reads `a.Reader` and `b`.'],
  ['readFile reads', 'readFile reads.'],
  ['Reads:', 'Reads.'],
  ['Ends?', 'Ends?'],
  ['  ', ''],
])('cleaned %j', (raw, text) => {
  expect(cleaned(raw)).toBe(text);
});

test.each([
  ['Reads a file and returns the text of the file.', false],
  ['Find the best app that can be used to find the best one.', true],
  ['a a', true],
  ['Reads.', false],
])('repetitive: %s', (text, is) => {
  expect(isRepetitive(text)).toBe(is);
});
