import { linePrefix } from '../line-ends';
import type { Filter } from './filter';

/** Shorter lines (`break;`, `return x`) stand twice in a row for good reasons. */
const MIN_LENGTH = 10;

/** Drops a suggestion that only writes the line above once more. */
export const dropEcho: Filter = (suggestion, { before }) => {
  const first = (linePrefix(before) + suggestion.text.split('\n')[0]!).trim();
  if (first.length < MIN_LENGTH || !/[\p{L}]/u.test(first)) return suggestion;
  const above = before
    .slice(-4096)
    .split('\n')
    .slice(0, -1)
    .findLast((line) => line.trim() !== '');
  return above?.trim() === first ? { dropped: 'it repeats the line above' } : suggestion;
};
