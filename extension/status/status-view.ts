/** How a state of the status item reads: pure, in words that name the thing and what to do about it. */
import type { Translate } from '../../runtime/protocol/translate';
import { indexPercent, statusKind, type StatusFacts, type StatusKind } from './status-state';

export interface StatusView {
  kind: StatusKind;
  /** With a codicon in front. */
  text: string;
  /** The state as a sentence; also what a screen reader says. */
  sentence: string;
  severity: 'none' | 'warning' | 'error';
}

const icons: Record<StatusKind, string> = {
  untrusted: 'shield',
  off: 'circle-slash',
  failed: 'error',
  restarting: 'warning',
  asleep: 'telescope',
  starting: 'loading~spin',
  loading: 'loading~spin',
  snoozed: 'bell-slash',
  completing: 'loading~spin',
  answering: 'loading~spin',
  summarising: 'loading~spin',
  'language-off': 'circle-slash',
  'language-unknown': 'question',
  'too-large': 'circle-slash',
  indexing: 'sync~spin',
  'index-paused': 'debug-pause',
  'index-failed': 'warning',
  manual: 'telescope',
  ready: 'telescope',
};

/** @param languageName how the user knows the document's language */
export function statusView(
  facts: StatusFacts,
  languageName: (id: string) => string,
  t: Translate,
): StatusView {
  const kind = statusKind(facts);
  const suffix = kind === 'indexing' ? ` ${indexPercent(facts.index)}%` : '';
  return {
    kind,
    text: `$(${icons[kind]}) Longview${suffix}`,
    sentence: sentence(kind, facts, languageName, t),
    severity:
      kind === 'failed' ? 'error' : kind === 'restarting' || kind === 'index-failed' ? 'warning' : 'none',
  };
}

function sentence(
  kind: StatusKind,
  facts: StatusFacts,
  languageName: (id: string) => string,
  t: Translate,
): string {
  const model = facts.status?.model.name ?? '';
  const language = languageName(facts.document?.languageId ?? '');
  switch (kind) {
    case 'untrusted':
      return t('Restricted Mode: Longview does not start its engine until you trust this workspace.');
    case 'off':
      return t('Longview is switched off.');
    case 'failed':
      return facts.engine.kind === 'failed'
        ? facts.engine.reason
        : (facts.status?.model.error ?? t('The model could not be loaded.'));
    case 'restarting':
      return t('The engine ended unexpectedly and is being restarted.');
    case 'asleep':
      return t('Longview starts when you open a file or ask a question.');
    case 'starting':
      return t('The engine is starting.');
    case 'loading':
      return t('Loading {0}.', model);
    case 'snoozed':
      return t('Completions are snoozed.');
    case 'completing':
      return t('Completing.');
    case 'answering':
      return t('Searching for passages.');
    case 'summarising':
      return t('Summarizing.');
    case 'language-off':
      return t('Completions are switched off for {0}.', language);
    case 'language-unknown':
      return t('{0} does not know {1}.', model, language);
    case 'too-large':
      return t('This file is too large to be completed.');
    case 'indexing':
      return t(
        'Indexing: {0} of {1} files ({2} %).',
        facts.index?.filesDone ?? 0,
        facts.index?.filesTotal ?? 0,
        indexPercent(facts.index),
      );
    case 'index-paused':
      return t('Ready; indexing is paused.');
    case 'index-failed':
      return t('Ready, but the index failed: {0}', facts.index?.reason ?? '');
    case 'manual':
      return t('Ready; completions appear when you ask for them.');
    case 'ready':
      return t('Ready.');
  }
}
