import { describe, expect, it } from 'vitest';
import type { AskResponse } from '../../../runtime/protocol/questions';
import type { FileSummary, SummaryLine } from '../../../runtime/protocol/summaries';
import { initialState } from '../../../webview/state';
import type { State } from '../../../webview/state';
import { persistent, reduce, restored } from '../../../webview/store';
import type { Event } from '../../../webview/store';

const after = (events: Event[], from: State = initialState) => events.reduce(reduce, from);

const response: AskResponse = {
  passages: [],
  indexed: 1,
  filesSearched: 3,
  reranked: false,
  ms: { search: 1, rerank: 0, total: 1 },
};
const done = (id: number): Event => ({ type: 'askDone', id, response });
const started = (id: number, question = 'q'): Event => ({
  type: 'askStarted',
  id,
  asking: { question, places: [], leaveOut: [] },
  after: [],
});

function line(name: string, text = ''): SummaryLine {
  const range = { startLine: 1, endLine: 2 };
  return {
    name,
    kind: 'function',
    signature: name,
    range,
    nameLine: 1,
    exported: true,
    depth: 0,
    text,
    source: 'none',
  };
}

const summary = (displayPath = 'a.ts'): FileSummary => ({
  path: `/w/${displayPath}`,
  displayPath,
  languageId: 'typescript',
  lineCount: 9,
  contentHash: 'h',
  purpose: { text: '', source: 'none' },
  importedBy: [],
  lines: [line('one'), line('two')],
  cost: { tokensRead: 0, tokensGenerated: 0, generatedLines: 0, ms: 0 },
  approximate: false,
});

describe('summaries', () => {
  const begin: Event[] = [
    { type: 'summaryStarted', id: 4, displayPath: 'a.ts' },
    { type: 'summaryOutline', id: 4, summary: summary(), toGenerate: 1 },
  ];

  it('replaces one line and leaves the others as they are', () => {
    const before = after(begin);
    const next = after(
      [{ type: 'summaryLine', id: 4, index: 1, line: line('two', 'Text.'), done: 1, total: 1 }],
      before,
    );
    expect(next.summary).toMatchObject({ phase: 'generating', done: 1, total: 1 });
    expect(next.summary.summary?.lines[1]?.text).toBe('Text.');
    expect(next.summary.summary?.lines[0]).toBe(before.summary.summary?.lines[0]);
    expect(before.summary.summary?.lines[1]?.text).toBe('');
  });

  it('ignores lines of an older summary and lines past the end', () => {
    const state = after([...begin, { type: 'summaryStarted', id: 5, displayPath: 'b.ts' }]);
    expect(
      after([{ type: 'summaryLine', id: 4, index: 0, line: line('x'), done: 1, total: 1 }], state),
    ).toEqual(state);
    const same = after(begin);
    expect(
      after([{ type: 'summaryLine', id: 4, index: 7, line: line('x'), done: 1, total: 1 }], same),
    ).toEqual(same);
  });

  it('keeps the last summary in sight while the same file is read again, and no other file', () => {
    const once = after([...begin, { type: 'summaryDone', id: 4, summary: summary() }]);
    expect(
      after([{ type: 'summaryStarted', id: 5, displayPath: 'a.ts' }], once).summary.summary,
    ).toBeDefined();
    expect(
      after([{ type: 'summaryStarted', id: 5, displayPath: 'b.ts' }], once).summary.summary,
    ).toBeUndefined();
  });
});

describe('state that survives', () => {
  it('gives back results and drafts', () => {
    const state = after([
      { type: 'drafted', text: 'next' },
      started(3),
      done(3),
      { type: 'tabChosen', tab: 'summary' },
    ]);
    const back = restored(JSON.parse(JSON.stringify(persistent(state))));
    expect(back).toMatchObject({
      tab: 'summary',
      ask: { draft: 'next', turns: [{ id: 3, phase: 'done', response }] },
    });
  });

  it('does not wait for ever for work that was in flight', () => {
    const back = restored(persistent(after([started(3, 'why')])));
    expect(back.ask).toMatchObject({ turns: [], draft: 'why' });
    expect(after([done(3)], back).ask.turns).toEqual([]);
  });

  it('keeps passages whose notes were being written', () => {
    const progress = { stage: 'passages', response, unwritten: [1] } as const;
    const writing = after([
      started(3),
      { type: 'askProgress', id: 3, progress: { ...progress, unwritten: [1] } },
    ]);
    expect(persistent(writing).ask.turns).toMatchObject([{ phase: 'done', unwritten: [], response }]);
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { ask: {} },
    { ask: { history: [], draft: 'of an older version' }, summary: { filter: '' }, completions: {} },
  ])('starts empty from %j', (saved) => expect(restored(saved)).toEqual(initialState));
});
