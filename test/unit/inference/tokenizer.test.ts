import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { EncodeCache } from '../../../runtime/inference/encode-cache';
import type { Tokenizer } from '../../../runtime/inference/language-model';
import { createTokenizer } from '../../../runtime/inference/tokenizer';

const root = path.join(import.meta.dirname, '../../..');
const json = JSON.parse(
  readFileSync(path.join(root, 'runtime/models/striped-code/tokenizer.json'), 'utf8'),
) as unknown;
const cases = JSON.parse(readFileSync(path.join(root, 'test/golden/tokenizer_cases.json'), 'utf8')) as {
  text: string;
  ids: number[];
}[];

let cached: Tokenizer;
let whole: Tokenizer;
beforeAll(() => {
  cached = createTokenizer(json, 'before-newlines');
  whole = createTokenizer(json, undefined);
});

describe('ids are those of the reference', () => {
  test('there are cases', () => expect(cases.length).toBeGreaterThan(80));
  test.each(cases.map(({ text, ids }) => [JSON.stringify(text).slice(0, 60), text, ids] as const))(
    '%s',
    (_, text, ids) => {
      expect(whole.encode(text)).toEqual(ids);
      expect(cached.encode(text)).toEqual(ids);
      expect(cached.encode(text), 'again, from the cache').toEqual(ids);
    },
  );
});

test('pieces make the same ids as the whole text', () => {
  const parts = fc.constantFrom(
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    ' ',
    '  ',
    '\t',
    '\u00a0',
    '\u2028',
    '\v',
    'const',
    ' a',
    '$x',
    '42',
    '==',
    '"',
    'é',
    '日本',
    '👍🏽',
    '\ud800',
    '<|fim_end|>',
    '}',
    ';',
  );
  const text = fc.array(parts, { maxLength: 40 }).map((items) => items.join(''));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (value) => {
      expect(cached.encode(value)).toEqual(whole.encode(value));
    }),
    { numRuns: 150 },
  );
});

test('text survives encoding and decoding; special strings stay text', () => {
  const text = 'const x = "<|fim_end|><|file|>";\r\n\tif (é) { 日本 👍🏽 }\n\n    done';
  const ids = cached.encode(text);
  expect(cached.decode(ids)).toBe(text);
  expect(ids.every((id) => id >= 12)).toBe(true);
  expect(cached.encode('')).toEqual([]);
  expect(cached.decode([])).toBe('');
  expect(cached.vocabularySize).toBe(16384);
});

test('a tokeniser that cannot be used is a clear error', () => {
  expect(() => createTokenizer({ model: { type: 'Nothing' } }, undefined)).toThrow(
    /tokenizer.json cannot be used/,
  );
});

describe('the cache', () => {
  test('encodes a line once, and only changed lines after an edit', () => {
    const encoded: string[] = [];
    const cache = new EncodeCache((piece) => (encoded.push(piece), [piece.length]), 'before-newlines');
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    cache.encode(lines.join('\n'));
    expect(encoded).toHaveLength(100);
    lines[50] = 'changed';
    expect(cache.encode(lines.join('\n'))).toHaveLength(100);
    expect(encoded.slice(100)).toEqual(['\nchanged']);
  });

  test('forgets what is not used', () => {
    let calls = 0;
    const cache = new EncodeCache((piece) => (calls++, [piece.length]), 'before-newlines', 10);
    for (let round = 0; round < 5; round++) for (let i = 0; i < 10; i++) cache.encode(`text ${round} ${i}`);
    expect(calls).toBe(50);
    cache.encode('text 4 9');
    expect(calls, 'the newest is kept').toBe(50);
    cache.encode('text 0 0');
    expect(calls, 'the oldest is not').toBe(51);
  });
});
