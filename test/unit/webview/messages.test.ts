import { expect, it } from 'vitest';
import { toMessage } from '../../../webview/messages';

it.each([
  { type: 'showTab', tab: 'summary' },
  { type: 'status' },
  { type: 'status', notice: { kind: 'off', text: 'Off.' } },
  { type: 'askStarted', id: 1, asking: { question: 'q', places: [] }, after: [] },
  { type: 'foundPlaces', query: '', places: [] },
  { type: 'askCleared' },
  { type: 'askDone', id: 1, response: { passages: [] } },
  { type: 'summaryLine', id: 1, index: 0, line: {}, done: 1, total: 2 },
  { type: 'completions', view: { candidates: [] } },
])('takes %j', (message) => expect(toMessage(message)).toBe(message));

it.each([
  undefined,
  null,
  'ready',
  [],
  {},
  { type: 'unknown' },
  { type: 'toString' },
  { type: 'showTab', tab: 'other' },
  { type: 'status', notice: 'Off.' },
  { type: 'askStarted', id: '1', asking: { question: 'q', places: [] }, after: [] },
  { type: 'askStarted', id: 1, asking: { question: 'q' }, after: [] },
  { type: 'compose', question: 'q' },
  { type: 'askDone', id: 1 },
  { type: 'summaryOutline', id: 1, summary: { lines: 'x' } },
  { type: 'summaryLine', id: 1, index: 0.5, line: {} },
  { type: 'completions', view: null },
])('ignores %j', (message) => expect(toMessage(message)).toBeUndefined());
