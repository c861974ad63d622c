import { expect, test } from 'vitest';
import { PromptLookup } from '../../../runtime/completion/prompt-lookup';

test('what followed the last tokens before is the draft, the longest match and then the latest one first', () => {
  const lookup = new PromptLookup([7, 1, 2, 3, 40, 41, 42, 43, 9, 2, 3, 50, 8, 3, 60, 61, 62, 1, 2]);
  expect(lookup.draft([3])).toEqual([40, 41, 42]);
  expect(lookup.draft([3, 40])).toEqual([41, 42, 43]);
  expect(lookup.draft([3, 40, 2])).toEqual([3, 40, 2]);
});

test('a match may lie in what was written itself, and overlap its own end', () => {
  const lookup = new PromptLookup([1]);
  expect(lookup.draft([5, 6, 7, 5])).toEqual([6, 7, 5]);
  expect(lookup.draft([5, 6, 7, 5, 5, 5])).toEqual([5]);
});

test('no draft where the last token is new', () => {
  expect(new PromptLookup([1, 2, 3]).draft([4])).toEqual([]);
  expect(new PromptLookup([]).draft([4])).toEqual([]);
});
