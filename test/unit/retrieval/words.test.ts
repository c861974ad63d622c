import { describe, expect, it } from 'vitest';
import { highlightsOf } from '../../../runtime/retrieval/highlights';
import { queryTerms } from '../../../runtime/retrieval/query';
import { stem } from '../../../runtime/retrieval/stem';
import { indexText, wordsOf } from '../../../runtime/retrieval/words';

describe('stem', () => {
  it('follows Porter', () => {
    const pairs: [string, string][] = [
      ['caresses', 'caress'],
      ['ponies', 'poni'],
      ['cats', 'cat'],
      ['agreed', 'agre'],
      ['plastered', 'plaster'],
      ['motoring', 'motor'],
      ['sing', 'sing'],
      ['conflated', 'conflat'],
      ['sized', 'size'],
      ['hopping', 'hop'],
      ['falling', 'fall'],
      ['filing', 'file'],
      ['happy', 'happi'],
      ['sky', 'sky'],
      ['relational', 'relat'],
      ['digitizer', 'digit'],
      ['vietnamization', 'vietnam'],
      ['decisiveness', 'decis'],
      ['formality', 'formal'],
      ['triplicate', 'triplic'],
      ['hopeful', 'hope'],
      ['goodness', 'good'],
      ['revival', 'reviv'],
      ['replacement', 'replac'],
      ['adoption', 'adopt'],
      ['probate', 'probat'],
      ['cease', 'ceas'],
      ['controller', 'control'],
      ['roll', 'roll'],
      ['generalizations', 'gener'],
      ['oscillators', 'oscil'],
    ];
    for (const [word, expected] of pairs) expect(stem(word), word).toBe(expected);
  });

  it('brings the words of questions and of code together', () => {
    expect(stem('validation')).toBe(stem('validate'));
    expect(stem('connections')).toBe(stem('connect'));
    expect(stem('straße')).toBe('straße');
  });
});

describe('words', () => {
  it('cuts identifiers and keeps their places', () => {
    expect(wordsOf('parseHTTPHeader_2 = x').map(({ start, end }) => [start, end])).toEqual([
      [0, 5],
      [5, 9],
      [9, 15],
      [16, 17],
      [20, 21],
    ]);
    expect(wordsOf('naïveÜber 日本').map(({ term }) => term)).toEqual(['naïve', 'über', '日本']);
  });

  it('give camelCase and snake_case one name', () => {
    expect(indexText('getUserName')).toBe(indexText('get_user_name'));
    expect(indexText('cfg')).toBe(indexText('configuration'));
  });
});

describe('queryTerms', () => {
  const terms = (question: string) => queryTerms(question).map(({ term }) => term);

  it('drop the words that carry the question', () => {
    expect(terms('Where is the session cookie being signed?')).toEqual([
      stem('session'),
      stem('cookie'),
      'sign',
    ]);
  });

  it('keep names whole and in parts', () => {
    expect(queryTerms('what calls get_user')[1]).toEqual({ term: 'getuser0i', identifier: true });
    expect(terms('isUsed')).toEqual(['isused0i', stem('is'), stem('used')]);
  });

  it('fall back on words about code, and on nothing', () => {
    expect(terms('which functions')).toEqual([stem('function')]);
    expect(terms('¿?! …')).toEqual([]);
  });

  it('cannot break the full-text expression', () => {
    for (const term of terms('a" OR "b" NEAR(x) * : ^ -- ; \' body:secret'))
      expect(term).toMatch(/^[\p{L}\p{N}]+$/u);
  });
});

describe('highlightsOf', () => {
  it('marks the parts that matched, joined within a name', () => {
    const text = 'const signed_cookie = signCookie(name);';
    expect(highlightsOf('cookie signing', text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'signed_cookie',
      'signCookie',
    ]);
  });
});
