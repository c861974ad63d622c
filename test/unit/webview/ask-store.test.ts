import { describe, expect, it } from 'vitest';
import type { Asking, Place } from '../../../runtime/protocol/conversation';
import type { AskResponse, Passage, AskProgress } from '../../../runtime/protocol/questions';
import { followed, placeNow, runningTurn, shownTurns } from '../../../webview/ask-store';
import { initialState } from '../../../webview/state';
import { reduce } from '../../../webview/store';
import type { Event } from '../../../webview/store';

const after = (events: Event[], from = initialState) => events.reduce(reduce, from);

const passage: Passage = {
  number: 1,
  citation: { path: '/w/a.ts', displayPath: 'a.ts', range: { startLine: 0, endLine: 1 } },
  languageId: 'typescript',
  text: 'a',
  highlights: [],
  score: 1,
};
const response: AskResponse = {
  passages: [passage, { ...passage, number: 2 }],
  indexed: 1,
  filesSearched: 3,
  reranked: false,
  ms: { search: 1, rerank: 0, total: 1 },
};
const asking = (question: string): Asking => ({ question, places: [], leaveOut: [] });
const started = (id: number, question = 'q', follows: number[] = []): Event => ({
  type: 'askStarted',
  id,
  asking: asking(question),
  after: follows,
});
const done = (id: number): Event => ({ type: 'askDone', id, response });
const failed = (id: number, cancelled = false): Event => ({
  type: 'askFailed',
  id,
  message: 'no',
  cancelled,
});
const passages = (id: number): Event => ({
  type: 'askProgress',
  id,
  progress: { stage: 'passages', response, unwritten: [1, 2] },
});
const ids = ({ ask }: typeof initialState) => ask.turns.map(({ id }) => id);

describe('a turn', () => {
  it('goes from started through progress to done', () => {
    const running = after([started(1), { type: 'askProgress', id: 1, progress: { stage: 'searching' } }]);
    expect(running.ask.turns).toMatchObject([{ phase: 'running', progress: { stage: 'searching' } }]);
    expect(runningTurn(running.ask)?.id).toBe(1);
    const finished = after([done(1)], running);
    expect(finished.ask.turns).toMatchObject([{ phase: 'done', response, progress: undefined }]);
    expect(runningTurn(finished.ask)).toBeUndefined();
  });

  it('takes notes one by one; stopped, it keeps what is there', () => {
    const note = { text: 'Does it.', source: 'generated', line: 0 } as const;
    const written = after([
      started(1),
      passages(1),
      { type: 'askProgress', id: 1, progress: { stage: 'note', number: 2, note } },
    ]);
    const [turn] = written.ask.turns;
    expect(turn).toMatchObject({ phase: 'writing', unwritten: [1] });
    expect(turn?.response?.passages.map((each) => each.note)).toEqual([undefined, note]);
    expect(response.passages[1]).not.toHaveProperty('note');
    expect(after([failed(1, true)], written).ask.turns).toMatchObject([
      { phase: 'done', unwritten: [], response: turn?.response },
    ]);
  });

  it('takes an answer piece by piece; stopped, it keeps what was written', () => {
    const told = (progress: AskProgress): Event => ({ type: 'askProgress', id: 1, progress });
    const written = after([
      started(1),
      told({ stage: 'passages', response, unwritten: [] }),
      told({ stage: 'answer', model: 'talker' }),
      told({ stage: 'piece', text: 'It' }),
      told({ stage: 'piece', text: ' is' }),
    ]);
    expect(written.ask.turns).toMatchObject([
      { phase: 'writing', response, written: { model: 'talker', text: 'It is' } },
    ]);
    expect(after([failed(1, true)], written).ask.turns).toMatchObject([
      { phase: 'done', response, written: { text: 'It is' } },
    ]);
  });

  it('tells a stop from a failure', () => {
    expect(after([started(1), failed(1, true)]).ask.turns[0]?.phase).toBe('stopped');
    expect(after([started(1), failed(1)]).ask.turns[0]).toMatchObject({ phase: 'failed', failure: 'no' });
  });

  it('knows where its passages stand after edits', () => {
    const moved = { number: 2, range: { startLine: 5, endLine: 6 }, text: 'same' } as const;
    const state = after([started(1), done(1), { type: 'passagesNow', id: 1, passages: [moved] }]);
    expect(placeNow(state.ask.turns[0]!, 2)).toEqual(moved);
    expect(placeNow(state.ask.turns[0]!, 1)).toBeUndefined();
  });
});

describe('a conversation', () => {
  const two = after([started(1, 'a'), done(1), started(2, 'b', [1]), done(2)]);

  it('goes on, or begins anew', () => {
    expect(ids(two)).toEqual([1, 2]);
    expect(followed(two.ask).map(({ id }) => id)).toEqual([1, 2]);
    expect(ids(after([started(3)], two))).toEqual([3]);
    const anew = after([{ type: 'keepChosen', keep: 0 }], two);
    expect([followed(anew.ask), ids(anew)]).toEqual([[], [1, 2]]);
    expect(ids(after([{ type: 'askCleared' }], two))).toEqual([]);
  });

  it('drops what is said about a turn that is gone', () => {
    const sent = after([{ type: 'questionSent', asking: asking('c'), after: [1] }], two);
    expect(sent.ask.turns).toMatchObject([{ id: 1 }, { phase: 'running', asking: { question: 'c' } }]);
    expect(after([done(2), failed(2), passages(2)], sent)).toBe(sent);
    expect(ids(after([started(3, 'c', [1])], sent))).toEqual([1, 3]);
  });

  it('puts an edited question where it stood', () => {
    const edited = after([{ type: 'keepChosen', keep: 1, edit: asking('b') }], two);
    expect(edited.ask).toMatchObject({ draft: 'b', editing: true });
    expect(followed(edited.ask).map(({ id }) => id)).toEqual([1]);
    expect(after([started(3, 'b2', [1])], edited).ask).toMatchObject({ editing: false, keep: undefined });
  });

  it('shows what was asked earlier without answering it', () => {
    const recalled = after([
      { type: 'askRecalled', id: 4, asking: asking('old'), after: [] },
      started(5, 'q', [4]),
    ]);
    expect(recalled.ask.turns.map(({ phase }) => phase)).toEqual(['recalled', 'running']);
  });

  it('hands over the answers that it shows, for a host that knows nothing of them', () => {
    const shown = after([
      started(1, 'first'),
      done(1),
      started(2, 'second', [1]),
      failed(2),
      started(3, 'third', [1, 2]),
    ]);
    expect(shownTurns(shown.ask)).toEqual([{ id: 1, asking: asking('first'), response }]);
  });
});

describe('what is being written', () => {
  const file: Place = { kind: 'file', path: '/w/a.ts', displayPath: 'a.ts' };
  const lines: Place = { ...file, kind: 'selection', range: { startLine: 1, endLine: 2 } };

  it('stays unless that is what was asked', () => {
    expect(after([{ type: 'drafted', text: 'other' }, started(1)]).ask.draft).toBe('other');
    expect(after([{ type: 'drafted', text: 'q' }, started(2)]).ask.draft).toBe('');
  });

  it('has each place once, and gives it back', () => {
    const placed = after([
      { type: 'placeAdded', place: file },
      { type: 'compose', places: [file, lines] },
    ]);
    expect(placed.ask).toMatchObject({ places: [file, lines], draft: '' });
    expect(after([{ type: 'placeRemoved', place: { ...file } }], placed).ask.places).toEqual([lines]);
  });

  it('leaves out kinds of files and takes them back in', () => {
    const toggle: Event = { type: 'kindToggled', kind: 'tests' };
    expect(after([toggle]).ask.leaveOut).toEqual(['tests']);
    expect(after([toggle, toggle]).ask.leaveOut).toEqual([]);
  });

  it('remembers each question once, the latest last', () => {
    expect(after([started(1, 'a'), started(2, 'b'), started(3, 'a')]).ask.history).toEqual(['b', 'a']);
  });
});
