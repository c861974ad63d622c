import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFromWebview } from '../../../extension/panel/parse-message';

const range = { startLine: 2, endLine: 4 };
const place = { kind: 'selection', path: '/a/b.ts', displayPath: 'b.ts', range };
const asking = { question: 'where?', places: [place], leaveOut: ['tests'] };

const passage = {
  number: 1,
  citation: { path: '/a/b.ts', displayPath: 'b.ts', range },
  languageId: 'typescript',
  title: 'function b',
  note: { text: 'Does b.', source: 'generated', symbol: 'b', line: 2 },
  text: 'b();',
  highlights: [],
  score: 0,
};
const turn = { id: 5, asking, response: { passages: [passage], answer: { model: 'm', text: 'b [1].' } } };

describe('parseFromWebview', () => {
  it.each([
    [{ type: 'ready' }],
    [{ type: 'ask', asking, after: [1_760_000_000_000], earlier: ['before'] }],
    [{ type: 'restored', turns: [turn, { id: 6, asking, response: { passages: [] } }] }],
    [{ type: 'newConversation' }],
    [{ type: 'showHistory' }],
    [{ type: 'pickPlace' }],
    [{ type: 'findPlaces', query: '' }],
    [{ type: 'dropPlaces', uris: ['file:///a'] }],
    [{ type: 'insertPassage', id: 1_760_000_000_000, number: 2 }],
    [{ type: 'insertNote', id: 1, number: 2 }],
    [{ type: 'exportAnswer', id: 1 }],
    [{ type: 'copyWritten', id: 1 }],
    [{ type: 'cancel', what: 'summary' }],
    [{ type: 'openCitation', path: '/a/b.ts', range, id: 5, number: 1 }],
    [{ type: 'openLine', path: '/a/b.ts', line: 0, endLine: 0 }],
    [{ type: 'insertCompletion', index: 0 }],
    [{ type: 'command', command: 'restartEngine' }],
    [{ type: 'switchOn', what: 'index' }],
    [{ type: 'manageTrust' }],
  ])('accepts %j', (message) => {
    expect(parseFromWebview(message)).toEqual(message);
  });

  it.each([
    [undefined],
    [null],
    ['ready'],
    [[]],
    [{}],
    [{ type: 'toString' }],
    [{ type: 'ask', asking: { ...asking, question: '   ' }, after: [], earlier: [] }],
    [{ type: 'ask', asking: { ...asking, question: 'x'.repeat(4_001) }, after: [], earlier: [] }],
    [{ type: 'ask', asking: { ...asking, places: [{ ...place, kind: 'disk' }] }, after: [], earlier: [] }],
    [
      {
        type: 'ask',
        asking: { ...asking, places: [{ ...place, range: undefined }] },
        after: [],
        earlier: [],
      },
    ],
    [{ type: 'ask', asking: { ...asking, leaveOut: ['all'] }, after: [], earlier: [] }],
    [{ type: 'ask', asking, after: ['1'], earlier: [] }],
    [{ type: 'ask', asking, after: [], earlier: Array.from({ length: 201 }, () => 'q') }],
    [{ type: 'restored', turns: [{ id: 6, asking }] }],
    [{ type: 'restored', turns: [{ ...turn, response: { passages: [{ ...passage, text: 7 }] } }] }],
    [{ type: 'restored', turns: [{ ...turn, response: { passages: [{ ...passage, note: {} }] } }] }],
    [{ type: 'restored', turns: [{ ...turn, response: { passages: [], answer: { text: 'x' } } }] }],
    [{ type: 'findPlaces', query: 7 }],
    [{ type: 'dropPlaces', uris: [''] }],
    [{ type: 'copyPassage', number: 1 }],
    [{ type: 'cancel', what: 'everything' }],
    [{ type: 'openCitation', path: '/a', range: { startLine: 4, endLine: 2 } }],
    [{ type: 'openCitation', path: '/a', range: { startLine: -1, endLine: 2 } }],
    [{ type: 'openCitation', path: 7, range }],
    [{ type: 'openLine', path: '/a', line: 1.5, endLine: 2 }],
    [{ type: 'command', command: 'clearData' }],
    [{ type: 'switchOn', what: 'telemetry' }],
    [{ type: 'command', command: 'workbench.action.terminal.new' }],
  ])('rejects %j', (message) => {
    expect(parseFromWebview(message)).toBeUndefined();
  });

  it('passes on known fields alone', () => {
    expect(parseFromWebview({ type: 'ready', command: 'x' })).toEqual({ type: 'ready' });
    const marked = { ...passage, highlights: [{ start: 0, end: 1 }], score: 3, html: '<b>' };
    const response = { passages: [marked], indexed: 1 };
    expect(parseFromWebview({ type: 'restored', turns: [{ ...turn, response }] })).toEqual({
      type: 'restored',
      turns: [{ ...turn, response: { passages: [passage] } }],
    });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (data) => void parseFromWebview(data)));
  });
});
