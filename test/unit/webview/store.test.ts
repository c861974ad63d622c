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
const done = (id: number): Event => ({ type: 'askDone', id, response, generatedAnswers: false });
const failed = (id: number, cancelled = false): Event => ({
  type: 'askFailed',
  id,
  message: 'no',
  cancelled,
});
const started = (id: number, question = 'q'): Event => ({ type: 'askStarted', id, question });

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

describe('questions', () => {
  it('goes from started through progress to done', () => {
    const running = after([started(1), { type: 'askProgress', id: 1, progress: { stage: 'searching' } }]);
    expect(running.ask).toMatchObject({ phase: 'running', question: 'q', progress: { stage: 'searching' } });
    expect(after([done(1)], running).ask).toMatchObject({ phase: 'done', response, progress: undefined });
  });

  it('drops what is said about an older question', () => {
    const newer = after([started(1), started(2, 'second')]);
    expect(after([done(1), failed(1)], newer)).toEqual(newer);
    expect(after([done(2), failed(1)], newer).ask.phase).toBe('done');
  });

  it('drops an answer that comes between sending a question and the host naming it', () => {
    const sent = after([started(1), { type: 'questionSent', question: 'second' }]);
    expect(after([done(1)], sent).ask).toMatchObject({
      phase: 'running',
      question: 'second',
      response: undefined,
    });
    expect(after([done(1), started(2, 'second'), done(2)], sent).ask.phase).toBe('done');
  });

  it('follows a host that starts to count again', () => {
    expect(after([started(9), done(9), started(1), done(1)]).ask).toMatchObject({
      phase: 'done',
      oldestWelcome: 1,
    });
  });

  it('tells a stop from a failure', () => {
    expect(after([started(1), failed(1, true)]).ask.phase).toBe('stopped');
    expect(after([started(1), failed(1)]).ask).toMatchObject({ phase: 'failed', failure: 'no' });
  });

  it('keeps what is being written unless that is what was asked', () => {
    const typing = after([{ type: 'drafted', text: 'other' }, started(1)]);
    expect(typing.ask.draft).toBe('other');
    expect(after([{ type: 'drafted', text: 'q' }, started(2)]).ask.draft).toBe('');
  });

  it('remembers each question once, the latest last', () => {
    expect(after([started(1, 'a'), started(2, 'b'), started(3, 'a')]).ask.history).toEqual(['b', 'a']);
  });
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
    expect(back).toMatchObject({ tab: 'summary', ask: { phase: 'done', draft: 'next', response } });
    expect(after([done(1)], back).ask.oldestWelcome).toBe(1);
  });

  it('does not wait for ever for work that was in flight', () => {
    const back = restored(persistent(after([started(3, 'why')])));
    expect(back.ask).toMatchObject({ phase: 'idle', draft: 'why' });
    expect(after([{ type: 'askProgress', id: 3, progress: { stage: 'searching' } }], back).ask.phase).toBe(
      'running',
    );
  });

  it.each([undefined, null, 'text', {}, { ask: {} }, { ask: { history: 1 }, summary: {}, completions: {} }])(
    'starts empty from %j',
    (saved) => expect(restored(saved)).toEqual(initialState),
  );
});
