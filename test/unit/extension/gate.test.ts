import { describe, expect, it } from 'vitest';
import type { SilenceReason } from '../../../runtime/protocol/completion';
import { closedGate, type GateInput } from '../../../extension/completion/gate';
import { explain } from '../../../extension/completion/silence';
import { otherProviders } from '../../../extension/completion/other-providers';
import { english } from '../../../runtime/protocol/translate';

const open: GateInput = {
  trusted: true,
  enabled: true,
  snoozed: false,
  trigger: 'automatic',
  explicit: false,
  scheme: 'file',
  cursors: 1,
  languageId: 'python',
  languages: ['python'],
  length: 100,
  engineFailed: false,
};

describe('closedGate', () => {
  it('is open for a known language', () => {
    expect(closedGate(open)).toBeUndefined();
    expect(closedGate({ ...open, languages: undefined, languageId: 'rust' })).toBeUndefined();
  });

  it.each<[SilenceReason, Partial<GateInput>]>([
    ['untrusted', { trusted: false, enabled: false }],
    ['disabled', { enabled: false }],
    ['scheme', { scheme: 'chatSessionInput' }],
    ['scheme', { scheme: 'output' }],
    ['language-off', { trigger: 'off', explicit: true }],
    ['snoozed', { snoozed: true }],
    ['manual-only', { trigger: 'manual' }],
    ['multi-cursor', { cursors: 2 }],
    ['language-unknown', { languageId: 'rust' }],
    ['file-too-large', { length: 3_000_000 }],
    ['engine-failed', { engineFailed: true }],
  ])('says %s', (reason, over) => {
    expect(closedGate({ ...open, ...over })).toBe(reason);
  });

  it('lets requests by hand through what only silences automatic ones', () => {
    expect(closedGate({ ...open, explicit: true, snoozed: true })).toBeUndefined();
    expect(closedGate({ ...open, explicit: true, trigger: 'manual' })).toBeUndefined();
  });

  it.each(['vscode-notebook-cell', 'untitled'])('is open for %s', (scheme) => {
    expect(closedGate({ ...open, scheme })).toBeUndefined();
  });
});

describe('explain', () => {
  it('names the language, the model and the failure', () => {
    const facts = { language: 'Rust', model: 'striped-code', failure: 'No runtime.' };
    expect(explain('language-unknown', facts, english).sentence).toBe('striped-code does not know Rust.');
    expect(explain('engine-failed', facts, english)).toEqual({
      sentence: 'The engine is not running: No runtime.',
      fixes: ['restart-engine', 'show-log'],
    });
  });
});

describe('otherProviders', () => {
  it('names each product once', () => {
    expect(otherProviders(['GitHub.copilot', 'GitHub.copilot-chat', 'ms-python.python'])).toEqual([
      'GitHub Copilot',
    ]);
  });
});
