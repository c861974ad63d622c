import { readFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PlainRanking } from '../../../runtime/evaluation/plain-ranking';
import { parseQuestions, scoreRanks } from '../../../runtime/evaluation/retrieval-score';
import { percentile } from '../../../runtime/evaluation/statistics';

describe('scoreRanks', () => {
  it('gives reciprocal rank and recall', () => {
    const score = scoreRanks([1, 2, undefined, 10], [4, 1, 3, 2]);
    expect(score.mrr10).toBeCloseTo((1 + 0.5 + 0.1) / 4);
    expect(score).toMatchObject({
      recall1: 0.25,
      recall3: 0.5,
      recall5: 0.5,
      recall10: 0.75,
      latencyMs: { p50: 2, p95: 4 },
    });
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('parseQuestions', () => {
  it('names file and line of what is wrong', () => {
    expect(() =>
      parseQuestions('{"question":"q","path":"a","startLine":1,"endLine":2}\nno', 'q.jsonl'),
    ).toThrow('q.jsonl, line 2');
    expect(() => parseQuestions('{"question":"q"}', 'q.jsonl')).toThrow('"startLine"');
    expect(() => parseQuestions('\n', 'q.jsonl')).toThrow('no question');
  });
});

describe('the question set about this project', () => {
  const questions = parseQuestions(
    readFileSync('test/golden/retrieval/questions.jsonl', 'utf8'),
    'questions.jsonl',
  );
  it.each(questions.map((question) => [`${question.path} ${question.symbol}`, question] as const))(
    'names what exists: %s',
    (_, { path, symbol }) => {
      expect(existsSync(path)).toBe(true);
      expect(readFileSync(path, 'utf8')).toContain(symbol);
    },
  );
});

describe('PlainRanking', () => {
  it('ranks by words alone', () => {
    const chunk = (path: string, text: string) => ({ path, text, startLine: 0, endLine: 0 });
    const plain = new PlainRanking([chunk('a', 'one two'), chunk('b', 'two two two'), chunk('c', 'none')]);
    expect(plain.search('TWO?', 5).map(({ path }) => path)).toEqual(['b', 'a']);
    expect(plain.search('?!', 5)).toEqual([]);
    plain.close();
  });
});
