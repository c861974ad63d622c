import { describe, expect, it } from 'vitest';
import { matchPlaces } from '../../../extension/panel/match-places';
import { parsePast, remembered, type PastConversation } from '../../../extension/panel/past-conversations';

const past = (id: string, ...questions: string[]): PastConversation => ({
  id,
  askedAt: 1,
  turns: questions.map((question) => ({ question, places: [], leaveOut: [] })),
});

describe('matchPlaces', () => {
  const named = (...paths: string[]) => paths.map((each) => ({ path: `/w/${each}`, displayPath: each }));
  const files = named('src/store.ts', 'src/state/restore.ts', 'store/index.ts', 'README.md');
  const found = (query: string) =>
    matchPlaces(files, query, 10).map(({ kind, displayPath }) => `${kind} ${displayPath}`);

  it('ranks names before parts of names before parts of paths', () => {
    expect(found('store')).toEqual([
      'folder store',
      'file src/store.ts',
      'file src/state/restore.ts',
      'file store/index.ts',
    ]);
    expect(found('src/st')).toEqual(['folder src/state', 'file src/store.ts', 'file src/state/restore.ts']);
    expect(found('RDM')).toEqual(['file README.md']);
    expect(found('zz')).toEqual([]);
  });

  it('lists what lies highest without a query, no more than asked for', () => {
    expect(matchPlaces(files, '', 2)).toEqual([
      { kind: 'folder', path: '/w/src', displayPath: 'src' },
      { kind: 'folder', path: '/w/store', displayPath: 'store' },
    ]);
  });

  it('tells folders of one name apart, and leads to the one that is meant', () => {
    const window = [
      { path: '/one/app/src/main.ts', displayPath: 'one/app/src/main.ts' },
      { path: '/two/app/src/main.ts', displayPath: 'two/app/src/main.ts' },
      // Its folder is called otherwise in the window than on disk.
      { path: '/srv/www/main.css', displayPath: 'site/main.css' },
    ];
    expect(matchPlaces(window, 'main.ts', 10).map(({ path }) => path)).toEqual([
      '/one/app/src/main.ts',
      '/two/app/src/main.ts',
    ]);
    expect(matchPlaces(window, 'app', 2)).toEqual([
      { kind: 'folder', path: '/one/app', displayPath: 'one/app' },
      { kind: 'folder', path: '/two/app', displayPath: 'two/app' },
    ]);
    expect(matchPlaces(window, 'site', 1)).toEqual([
      { kind: 'folder', path: '/srv/www', displayPath: 'site' },
    ]);
  });
});

describe('the history of questions', () => {
  it('has the latest first, each conversation once, and does not grow for ever', () => {
    const two = remembered([past('a', 'one')], past('b', 'two'));
    expect(remembered(two, past('a', 'one', 'more')).map(({ id, turns }) => [id, turns.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    // One that goes on after the window was loaded anew has another name.
    const whole = remembered([past('a', 'one'), past('c', 'three')], past('z', 'one', 'two'));
    expect(whole.map(({ id }) => id)).toEqual(['z', 'c']);
    let many: PastConversation[] = [];
    for (let i = 0; i < 150; i++) many = remembered(many, past(`${i}`, 'q'));
    expect(many).toHaveLength(100);
    expect(many[0]?.id).toBe('149');
  });

  it('comes back from disk, without what is damaged', () => {
    expect(parsePast(JSON.stringify([past('a', 'one')]))).toEqual([past('a', 'one')]);
    const bad = [null, 7, {}, { ...past('b', ''), turns: [{ question: '' }] }, past('c', 'three')];
    expect(parsePast(JSON.stringify(bad))).toEqual([past('c', 'three')]);
    expect(parsePast('{')).toEqual([]);
    expect(parsePast('{}')).toEqual([]);
  });
});
