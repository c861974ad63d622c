import { expect, test } from 'vitest';
import { firstSentence, sentences } from '../../../runtime/summaries/first-sentence';

test.each([
  ['Reads a file. Then writes it.', 'Reads a file.'],
  ['Reads a file\nover lines', 'Reads a file over lines'],
  ['Reads (e.g. one file) and ends. More.', 'Reads (e.g. one file) and ends.'],
  ['Reads package.json and config.js. More.', 'Reads package.json and config.js.'],
  ['Version 2.0 reads. More.', 'Version 2.0 reads.'],
  ['Is it open? Yes.', 'Is it open?'],
  ['Used by :class:`~flask.Request` and :meth:`run`. More.', 'Used by `Request` and `run`.'],
  ['Set to ``True``.', 'Set to `True`.'],
  ['Reads these:\n\n- one', 'Reads these'],
  ['- a list\n- only', ''],
  [':param a: b', ''],
  ['Args:\n  a: b', ''],
  ['```\ncode\n```\nReads.', 'Reads.'],
  ['<p>Reads <b>all</b>.</p>', 'Reads all.'],
  ['', ''],
])('%j', (doc, sentence) => {
  expect(firstSentence(doc)).toBe(sentence);
});

test('two sentences, clipped', () => {
  expect(sentences('One. Two. Three.', 2)).toBe('One. Two.');
  expect(sentences(`${'word '.repeat(100)}.`, 1).length).toBeLessThanOrEqual(240);
});
