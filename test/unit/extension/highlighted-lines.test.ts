import { expect, it } from 'vitest';
import { highlightedLines } from '../../../extension/navigation/highlighted-lines';

it.each([
  [
    { startLine: 3, endLine: 3 },
    { startLine: 3, endLine: 3 },
  ],
  [
    { startLine: 0, endLine: 11 },
    { startLine: 0, endLine: 11 },
  ],
  [
    { startLine: 5, endLine: 400 },
    { startLine: 5, endLine: 16 },
  ],
])('of %j the background takes %j', (range, expected) => expect(highlightedLines(range)).toEqual(expected));
