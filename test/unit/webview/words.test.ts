import { describe, expect, it } from 'vitest';
import type { IndexStatus } from '../../../runtime/protocol/index-status';
import { duration, percent, splitPath } from '../../../webview/format';
import { answerCost, files, indexLine, lineNumbers, lines, placeName } from '../../../webview/words';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('figures', () => {
  it.each([
    [0, '0 %'],
    [0.001, '1 %'],
    [0.374, '37 %'],
    [0.9999, '99 %'],
    [1, '100 %'],
    [Number.NaN, '0 %'],
  ])('%d is %s', (share, text) => expect(plain(percent(share))).toBe(text));

  it.each([
    [0, '0 ms'],
    [0.4, '< 1 ms'],
    [85.4, '85 ms'],
    [999.6, '1.0 s'],
    [1210, '1.2 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (ms, text) => expect(plain(duration(ms))).toBe(text));

  it('counts with the right number', () => {
    expect([files(1), files(1204), lines(0)]).toEqual(['1 file', '1,204 files', '0 lines']);
  });

  it('splits paths', () => {
    expect(splitPath('src/a/b.ts')).toEqual({ folder: 'src/a', name: 'b.ts' });
    expect(splitPath('b.ts')).toEqual({ folder: '', name: 'b.ts' });
  });
});

describe('places', () => {
  it('count lines from 1', () => {
    expect(placeName('a.ts', { startLine: 9, endLine: 23 })).toBe('a.ts, lines 10 to 24');
    expect(placeName('a.ts', { startLine: 9, endLine: 9 })).toBe('a.ts, line 10');
    expect(lineNumbers({ startLine: 9, endLine: 23 })).toBe('10-24');
    expect(lineNumbers({ startLine: 0, endLine: 0 })).toBe('1');
  });
});

describe('index and cost lines', () => {
  const index = (over: Partial<IndexStatus>): IndexStatus => ({
    state: 'indexing',
    filesDone: 445,
    filesTotal: 1204,
    chunks: 0,
    bytesOnDisk: 0,
    ...over,
  });

  it('says how far the index is', () => {
    expect(plain(indexLine(index({})))).toBe('37 % indexed, 445 of 1,204 files');
    expect(plain(indexLine(index({ state: 'paused' })))).toBe('Indexing paused at 37 %, 445 of 1,204 files');
    expect(indexLine(index({ state: 'failed', reason: 'Disk full.' }))).toBe('Disk full.');
    expect(indexLine(undefined)).toBe('Waiting for the engine…');
  });

  it('says how many passages have vectors, while some have none, and why no more are made', () => {
    const vectors = { encoder: 'placer', passages: 1000, encoded: 370 };
    const ready = (over: object) =>
      plain(indexLine(index({ state: 'ready', vectors: { ...vectors, ...over } })));
    expect(ready({})).toBe('445 files indexed, with vectors for 37 % of passages');
    expect(ready({ encoded: 1000 })).toBe('445 files indexed');
    expect(ready({ problem: 'No room.' })).toBe('445 files indexed, and no more vectors made: No room.');
  });

  it('says what an answer cost, re-ranking only where there was some', () => {
    const response = {
      passages: [],
      indexed: 1,
      filesSearched: 340,
      reranked: true,
      ms: { search: 85, rerank: 1210, total: 1302 },
    };
    expect(plain(answerCost(response))).toBe('0 passages from 340 files, 85 ms search, 1.2 s re-ranking');
    expect(plain(answerCost({ ...response, byMeaning: true, reranked: false }))).toBe(
      '0 passages from 340 files, 85 ms search, by meaning as well',
    );
    expect(plain(answerCost({ ...response, reranked: false }))).toBe(
      '0 passages from 340 files, 85 ms search',
    );
  });
});
