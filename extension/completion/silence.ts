/** What the user can do about each silence. Pure; the sentences stand in `runtime/completion/silence`. */
import { silenceSentence, type SilenceFacts } from '../../runtime/completion/silence';
import type { SilenceReason } from '../../runtime/protocol/completion';
import type { Translate } from '../../runtime/protocol/translate';

/** What a button can do; the editor knows how. */
export type Fix =
  | 'enable'
  | 'enable-language'
  | 'stop-snoozing'
  | 'trust'
  | 'trigger-automatic'
  | 'ask-now'
  | 'enable-inline-suggest'
  | 'restart-engine'
  | 'show-log'
  | 'diagnostics'
  | 'eagerness';

const fixes: Readonly<Record<SilenceReason, readonly Fix[]>> = {
  disabled: ['enable'],
  'language-off': ['enable-language'],
  snoozed: ['stop-snoozing'],
  untrusted: ['trust'],
  'manual-only': ['ask-now', 'trigger-automatic'],
  scheme: [],
  'multi-cursor': [],
  'language-unknown': ['diagnostics'],
  'ignored-file': [],
  'file-too-large': [],
  'mid-word': ['ask-now'],
  'line-complete': ['ask-now'],
  'engine-starting': ['ask-now', 'show-log'],
  'engine-failed': ['restart-engine', 'show-log'],
  'model-missing': ['diagnostics'],
  'model-empty': ['ask-now'],
  cancelled: [],
  stale: [],
  'low-confidence': ['ask-now', 'eagerness'],
  filtered: ['ask-now'],
  'recently-rejected': ['ask-now'],
};

export function explain(
  reason: SilenceReason,
  facts: SilenceFacts,
  t: Translate,
): { sentence: string; fixes: readonly Fix[] } {
  return { sentence: silenceSentence(reason, facts, t), fixes: fixes[reason] };
}
