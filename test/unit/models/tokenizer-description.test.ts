import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAR_LIMITS } from '../../../runtime/completion/far-prefix';
import { planPrompt } from '../../../runtime/completion/prompt';
import { createTokenizer } from '../../../runtime/inference/tokenizer';
import { plainText } from '../../../runtime/models/plain-text';
import { describeTokenizer } from '../../../runtime/models/tokenizer-description';

const file = path.join(import.meta.dirname, '../../../runtime/models/striped-code/tokenizer.json');
const embedded = JSON.parse(readFileSync(file, 'utf8')) as {
  added_tokens: object[];
  model: { vocab: Record<string, number>; merges: [string, string][] };
};

/** GPT-4's way of taking texts apart, with tokens for a sign and the newlines after it. */
const gpt4 = {
  ...embedded,
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: {
          Regex:
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        },
        behavior: 'Isolated',
        invert: false,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    ],
  },
  model: {
    ...embedded.model,
    vocab: { ...embedded.model.vocab, ';Ċ': 16384, '{Ċ': 16385, '}Ċ': 16386 },
    merges: [[';', 'Ċ'], ['{', 'Ċ'], ['}', 'Ċ'], ...embedded.model.merges],
  },
};

/** SentencePiece's kind: a space in front of every text, newlines as bytes. */
const sentencePiece = (joined: object) => ({
  version: '1.0',
  added_tokens: [
    { id: 1, content: '<s>', special: true },
    { id: 2, content: '</s>', special: true },
  ],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  },
  model: {
    type: 'BPE',
    unk_token: '<unk>',
    byte_fallback: true,
    vocab: Object.fromEntries(
      ['<unk>', '<s>', '</s>', '<0x0A>', '<0x09>', '▁', ...'abcfxy01=;(){}', '▁a'].map((token, id) => [
        token,
        id,
      ]),
    ),
    merges: [['▁', 'a']],
  },
  ...joined,
});
const old = sentencePiece({
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
});
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false };
const recent = sentencePiece({ pre_tokenizer: metaspace, decoder: metaspace });

test('where a tokeniser lets a text be cut is tried out', () => {
  expect(describeTokenizer(embedded).cut).toBe('before-newlines');
  expect(describeTokenizer(gpt4).cut).toBe('after-newlines');
  expect(describeTokenizer(old)).toMatchObject({ cut: 'before-newlines', begin: 1, special: [1, 2] });
});

test('what lays out prompts is no text, marked as special or not; runs of spaces are', () => {
  const added_tokens = [
    { id: 3, content: '<|fim_prefix|>', special: false },
    { id: 4, content: '<tool>', special: false },
    { id: 5, content: '    ', special: false },
  ];
  const spaced = { ...embedded, added_tokens };
  const { added, special } = describeTokenizer(spaced);
  expect([...added.keys()]).toEqual(['<|fim_prefix|>', '<tool>']);
  expect(special).toEqual([3]);
  expect(createTokenizer(spaced, undefined).encode('    a<tool>').slice(0, 1)).toEqual([5]);
  expect(createTokenizer(spaced, undefined).encode('<tool>')).not.toContain(4);
});

test.each([
  ['a space put in front by the normaliser', old],
  ['a space put in front by the pre-tokeniser', recent],
])('pieces of a text can be joined: %s', (_, json) => {
  const { encode, decode } = createTokenizer(json, 'before-newlines');
  expect([...encode('a'), ...encode(' a')]).toEqual(encode('a a'));
  expect(decode(encode(' a\n a'))).toBe(' a\n a');
  expect(new Tokenizer(plainText(json), {}).encode('a').ids).toEqual([json.model.vocab.a]);
});

describe('cuts after newlines', () => {
  const tokenizer = createTokenizer(gpt4, 'after-newlines');
  const whole = createTokenizer(gpt4, undefined);
  const parts = [
    '\n',
    '\r\n',
    '\n\n',
    '  \n',
    '\n    ',
    ' ',
    '\t',
    'const',
    ' a',
    '42',
    '==',
    ';',
    ' {',
    '}',
    'é',
  ];
  const text = fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((items) => items.join(''));

  test('pieces make the same ids as the whole text', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(tokenizer.encode(value)).toEqual(whole.encode(value));
      }),
      {
        numRuns: 200,
      },
    );
  });

  test('far and near prefix give the tokens of the whole text', () => {
    const format = { kind: 'fim', order: 'prefix-suffix-middle', prefix: 3, suffix: 4, middle: 5 } as const;
    const limits = { maxSuffixTokens: 1000, maxNearTokens: 192, far: FAR_LIMITS };
    const plan = (before: string, after: string) =>
      planPrompt({
        displayPath: 'a.ts',
        before,
        after,
        encode: tokenizer.encode,
        format,
        cut: 'after-newlines',
        limits,
      });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), text, (lines, after) => {
        const before = `${lines.join('\n')}\nlet x = `;
        const { far, near, suffix } = plan(before, after);
        const lf = (value: string) => value.replaceAll('\r\n', '\n');
        expect([...far, ...near]).toEqual(whole.encode(lf(before)));
        expect(suffix).toEqual(whole.encode(lf(after)));
      }),
      { numRuns: 200 },
    );
  });
});
