import { describe, expect, it } from 'vitest';
import type { EngineStatus } from '../../../runtime/protocol/engine';
import type { IndexStatus } from '../../../runtime/protocol/index-status';
import { languageName } from '../../../extension/status/language-name';
import {
  initialFacts,
  reduceStatus,
  statusKind,
  type StatusEvent,
  type StatusFacts,
} from '../../../extension/status/status-state';
import { statusView } from '../../../extension/status/status-view';
import { tooltipMarkdown } from '../../../extension/status/tooltip';
import { english } from '../../../runtime/protocol/translate';

const status = (
  over: Partial<EngineStatus['model']> = {},
  activity: EngineStatus['activity'] = 'idle',
): EngineStatus => ({
  model: {
    name: 'striped-code',
    state: 'ready',
    languages: ['typescript', 'python'],
    provider: 'cpu',
    precision: 'int8',
    ...over,
  },
  activity,
  memory: { residentMB: 310.4, statesMB: 40, limitMB: 1024 },
  kept: { states: 3, tokens: 900, savedStates: 2, savedMB: 15.4 },
});
const index = (state: IndexStatus['state'], filesDone = 42, filesTotal = 100): IndexStatus => ({
  state,
  filesDone,
  filesTotal,
  chunks: 500,
  bytesOnDisk: 1,
});
const typescript = {
  languageId: 'typescript',
  readable: true,
  tooLarge: false,
  trigger: 'automatic',
} as const;
const ready: StatusEvent[] = [
  { type: 'enabled', enabled: true },
  { type: 'engine', engine: { kind: 'running', pid: 1 } },
  { type: 'status', status: status() },
  { type: 'document', document: typescript },
];
const after = (...events: StatusEvent[]): StatusFacts => events.reduce(reduceStatus, initialFacts);
const kindAfter = (...events: StatusEvent[]) => statusKind(after(...ready, ...events));

describe('the status item', () => {
  it('goes through a start', () => {
    const kinds = ready
      .slice(0, 1)
      .concat(
        { type: 'engine', engine: { kind: 'starting' } },
        { type: 'engine', engine: { kind: 'running', pid: 1 } },
        { type: 'status', status: status({ state: 'loading' }) },
        { type: 'status', status: status() },
      );
    let facts = initialFacts;
    expect(kinds.map((event) => statusKind((facts = reduceStatus(facts, event))))).toEqual([
      'asleep',
      'starting',
      'starting',
      'loading',
      'ready',
    ]);
  });

  it.each<[string, StatusEvent[]]>([
    ['ready', []],
    ['untrusted', [{ type: 'trusted', trusted: false }]],
    ['off', [{ type: 'enabled', enabled: false }]],
    ['snoozed', [{ type: 'snoozed', snoozed: true }]],
    ['completing', [{ type: 'completionStarted' }]],
    ['ready', [{ type: 'completionStarted' }, { type: 'completionEnded' }]],
    ['indexing', [{ type: 'index', index: index('indexing') }]],
    ['index-paused', [{ type: 'index', index: index('paused') }]],
    ['index-failed', [{ type: 'index', index: index('failed') }]],
    ['ready', [{ type: 'index', index: index('ready') }]],
    ['language-unknown', [{ type: 'document', document: { ...typescript, languageId: 'rust' } }]],
    ['language-off', [{ type: 'document', document: { ...typescript, trigger: 'off' } }]],
    ['manual', [{ type: 'document', document: { ...typescript, trigger: 'manual' } }]],
    ['too-large', [{ type: 'document', document: { ...typescript, tooLarge: true } }]],
    [
      'restarting',
      [
        {
          type: 'engine',
          engine: { kind: 'restarting', crashes: 1, delayMs: 500, reason: 'signal SIGKILL' },
        },
      ],
    ],
    ['failed', [{ type: 'engine', engine: { kind: 'failed', reason: 'No runtime.' } }]],
    ['failed', [{ type: 'status', status: status({ state: 'failed', error: 'The model is damaged.' }) }]],
    ['answering', [{ type: 'status', status: status({}, 'answering') }]],
    ['ready', [{ type: 'status', status: status({ state: 'unloaded' }) }]],
  ])('shows %s', (kind, events) => {
    expect(kindAfter(...events)).toBe(kind);
  });

  it('forgets what an engine said of itself when that engine ends', () => {
    const facts = after(
      ...ready,
      { type: 'index', index: index('indexing') },
      { type: 'engine', engine: { kind: 'stopped' } },
    );
    expect(facts.status).toBeUndefined();
    expect(facts.index).toBeUndefined();
  });

  it('never counts below zero', () => {
    expect(after({ type: 'completionEnded' }).completing).toBe(0);
  });

  it('says what it knows and names the remedy', () => {
    const sentence = (...events: StatusEvent[]) =>
      statusView(after(...ready, ...events), languageName, english);
    expect(sentence({ type: 'document', document: { ...typescript, languageId: 'rust' } }).sentence).toBe(
      'striped-code does not know Rust.',
    );
    expect(sentence({ type: 'index', index: index('indexing') }).text).toBe('$(sync~spin) Longview 42%');
    expect(
      sentence({ type: 'engine', engine: { kind: 'failed', reason: 'No runtime for Intel Macs.' } }),
    ).toMatchObject({
      sentence: 'No runtime for Intel Macs.',
      severity: 'error',
    });
  });

  it('says in the tooltip how many passages have vectors, and why no more', () => {
    const shown = (problem?: string) => {
      const vectors = { encoder: 'placer', passages: 500, encoded: 187, ...(problem && { problem }) };
      const facts = after(...ready, { type: 'index', index: { ...index('ready'), vectors } });
      return tooltipMarkdown(statusView(facts, languageName, english), facts, english);
    };
    expect(shown()).toContain('| Vectors | 37 % of passages, by placer |');
    expect(shown('It is gone.')).toContain('by placer. It is gone.');
  });

  it('shows measured figures in the tooltip, and lets no name become markup', () => {
    const cost = {
      contextTokens: 900,
      tokensRead: 12,
      tokensGenerated: 8,
      ms: { queue: 1, tokenise: 1, read: 20, decode: 60 },
    };
    const facts = after(
      ...ready,
      { type: 'status', status: status({ name: '[x](command:y)' }) },
      { type: 'completionEnded', cost },
    );
    const markdown = tooltipMarkdown(statusView(facts, languageName, english), facts, english);
    expect(markdown).toContain('900 tokens held, 12 read, 8 written, 82 ms');
    expect(markdown).toContain('310 MB of 1024 MB');
    expect(markdown).not.toContain('[x](command:y)');
    expect(markdown).not.toContain('Provider');
  });

  it('says in the tooltip why the model runs where it does', () => {
    const told = (model: Partial<EngineStatus['model']>) => {
      const facts = after(...ready, { type: 'status', status: status(model) });
      return tooltipMarkdown(statusView(facts, languageName, english), facts, english);
    };
    expect(told({ provider: 'webgpu', providerReason: 'twice as fast' })).toContain(
      '| Provider | WEBGPU: twice as fast |',
    );
    expect(told({ fallback: 'The adapter is gone.', providerReason: 'twice as fast' })).toContain(
      '| Provider | CPU: The adapter is gone. |',
    );
  });
});
