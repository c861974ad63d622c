/** Every silence as one plain sentence: shown by "Why No Suggestion?", by the panel, and on the command line. */
import type { SilenceReason } from '../protocol/completion';
import { english, type Translate } from '../protocol/translate';

export interface SilenceFacts {
  /** As people call it: "Rust". */
  language: string;
  model: string;
  /** What the engine or the model said about its failure. */
  failure?: string;
}

export function silenceSentence(
  reason: SilenceReason,
  { language, model, failure }: SilenceFacts,
  t: Translate = english,
): string {
  switch (reason) {
    case 'disabled':
      return t('Longview is switched off.');
    case 'language-off':
      return t('Completions are switched off for {0}.', language);
    case 'snoozed':
      return t('Completions are snoozed.');
    case 'untrusted':
      return t(
        'This workspace is in Restricted Mode; Longview does not start its engine until you trust it.',
      );
    case 'manual-only':
      return t('Completions appear only when you ask for them: longview.completion.trigger is "manual".');
    case 'scheme':
      return t('Longview completes files, untitled documents and notebook cells, and this is none of them.');
    case 'multi-cursor':
      return t('There are several cursors; Longview completes at one.');
    case 'language-unknown':
      return t('{0} does not know {1}.', model, language);
    case 'ignored-file':
      return t('This file may hold secrets by its name; Longview never reads those.');
    case 'file-too-large':
      return t('This file is larger than the two million characters that Longview completes in.');
    case 'mid-word':
      return t('The cursor stands inside a word; the suggestion could only repeat it.');
    case 'line-complete':
      return t('The line before the cursor is complete; what comes next goes on a new line.');
    case 'engine-starting':
      return t('The engine was still starting. Try again in a moment.');
    case 'engine-failed':
      return failure ? t('The engine is not running: {0}', failure) : t('The engine is not running.');
    case 'model-missing':
      return failure ?? t('The model is missing or damaged. Install Longview again.');
    case 'model-empty':
      return t('The model sees nothing to write here.');
    case 'cancelled':
      return t('You typed on before the suggestion was ready.');
    case 'stale':
      return t('The text changed while the suggestion was made, so that it no longer fits.');
    case 'low-confidence':
      return t('The model was not sure enough to interrupt you. Ask by hand to see its guess.');
    case 'filtered':
      return t('The suggestion only repeated what stands there already, or itself.');
    case 'recently-rejected':
      return t('You dismissed the same suggestion here a moment ago.');
  }
}
