import { describe, expect, it } from 'vitest';
import { questionOf } from '../../../runtime/retrieval/query';
import { diversify, rank, type Candidate } from '../../../runtime/retrieval/ranking';
import { nameTerms, termSet } from '../../../runtime/retrieval/words';

function candidate(path: string, name: string, overrides: Partial<Candidate> = {}) {
  const own = nameTerms(name);
  const terms = { names: termSet(name), body: termSet(name), pathTerms: termSet(path) };
  return {
    path,
    startLine: 0,
    endLine: 5,
    bm25: 1,
    kind: 'function',
    exported: true,
    own,
    ...terms,
    ...overrides,
  };
}
const order = (question: string, candidates: Candidate[], prior?: (path: string) => number) =>
  rank(candidates, questionOf(question), { idf: () => 1, prior }).map(({ item }) => item.own.join(' '));

describe('rank', () => {
  it.each([
    ['a name that says no more than the question', 'format a link', 'formatLink', 'formatAllLinksOnce'],
    ['the same verb', 'create the link table', 'createTable', 'linkTable'],
    ['a predicate for what asks whether', 'Check whether a route was found', 'isRoute', 'makeRoute'],
  ])('puts %s first', (_, question, first, second) => {
    const terms = (name: string) => nameTerms(name).join(' ');
    expect(order(question, [candidate('a.ts', second), candidate('b.ts', first)])).toEqual(
      [first, second].map(terms),
    );
  });

  it('puts code before its tests, prose and types, and what others can reach before what they cannot', () => {
    const same = [
      candidate('tests/a.ts', 'one'),
      candidate('README.md', 'two', { kind: 'section' }),
      candidate('a.ts', 'three', { kind: 'type' }),
      candidate('a.ts', 'four', { exported: false }),
      candidate('a.ts', 'five'),
    ];
    expect(order('zebra', same).slice(0, 2)).toEqual(['five', 'four']);
  });

  it('lets the graph decide between equals, and no more', () => {
    const prior = (path: string) => (path === 'near.ts' ? 1 : 0);
    const [far, near] = [candidate('far.ts', 'signCookie'), candidate('near.ts', 'cookieSign')];
    expect(order('cookie', [far, near], prior)[0]).toBe('cooki sign');
    expect(order('sign cookie', [far, candidate('near.ts', 'other')], prior)[0]).toBe('sign cooki');
  });

  it('puts what others use before its equals', () => {
    const [one, two] = [candidate('a.ts', 'signCookie'), candidate('b.ts', 'signCookie')];
    const ranked = rank([one, two], questionOf('sign cookie'), { idf: () => 1, used: new Set([two]) });
    expect(ranked.map(({ item }) => item.path)).toEqual(['b.ts', 'a.ts']);
  });
});

describe('diversify', () => {
  it('drops overlaps and repetitions and puts the fourth passage of a file last', () => {
    const passage = (path: string, startLine: number, text = `${path}${startLine}`) => ({
      item: { path, startLine, endLine: startLine + 3, text },
      score: 1,
    });
    const ranked = [0, 2, 10, 20, 30].map((line) => passage('a', line));
    const kept = diversify([...ranked, passage('b', 0), passage('c', 0, 'b0')]);
    expect(kept.map(({ item }) => `${item.path}${item.startLine}`)).toEqual([
      'a0',
      'a10',
      'a20',
      'b0',
      'a30',
    ]);
  });
});
