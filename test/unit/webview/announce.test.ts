import { expect, it } from 'vitest';
import { announcement } from '../../../webview/announce';
import { initialState } from '../../../webview/state';
import { reduce } from '../../../webview/store';
import type { Event } from '../../../webview/store';

/** What is said after each event. */
function said(events: Event[]): (string | undefined)[] {
  let state = initialState;
  return events.map((event) => {
    const before = state;
    state = reduce(state, event);
    return announcement(before, state);
  });
}

const response = {
  passages: [],
  indexed: 1,
  filesSearched: 1,
  reranked: true,
  ms: { search: 1, rerank: 1, total: 2 },
};

const started: Event = {
  type: 'askStarted',
  id: 1,
  asking: { question: 'q', places: [], leaveOut: [] },
  after: [],
};

it('says that a search starts and what it found, not each step', () => {
  expect(
    said([
      started,
      { type: 'askProgress', id: 1, progress: { stage: 'searching' } },
      { type: 'askProgress', id: 1, progress: { stage: 'reranking', done: 1, total: 2 } },
      { type: 'askDone', id: 1, response },
    ]),
  ).toEqual(['Searching…', undefined, undefined, '0 passages found.']);
});

it('says what was found once, when the passages are there', () => {
  expect(
    said([
      started,
      { type: 'askProgress', id: 1, progress: { stage: 'passages', response, unwritten: [1] } },
      { type: 'askProgress', id: 1, progress: { stage: 'note', number: 1 } },
      { type: 'askDone', id: 1, response },
    ]),
  ).toEqual(['Searching…', '0 passages found.', undefined, undefined]);
});

it('says failures and stops', () => {
  expect(said([started, { type: 'askFailed', id: 1, message: 'Why.', cancelled: false }])[1]).toBe(
    'The question failed. Why.',
  );
  expect(said([started, { type: 'askFailed', id: 1, message: '', cancelled: true }])[1]).toBe(
    'Search stopped.',
  );
});

it('says why there is no suggestion', () => {
  const view = {
    displayPath: 'a',
    position: { line: 0, character: 0 },
    candidates: [],
    stillReading: false,
    silence: 'Snoozed.',
  };
  expect(said([{ type: 'completionsStarted' }, { type: 'completions', view }])).toEqual([
    'Looking for suggestions…',
    'Snoozed.',
  ]);
});
