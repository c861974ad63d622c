/** Every silence in words, with what the user can do about it. Pure: shown by "Why No Suggestion?" and by the panel. */
import type { SilenceReason } from '../../runtime/protocol/completion';
import type { Translate } from '../translate';

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

export interface SilenceFacts {
  languageName: string;
  model: string;
  /** What the engine or the model says about its failure. */
  failure?: string;
}

interface Explanation {
  sentence: string;
  fixes: Fix[];
}

export function explain(reason: SilenceReason, facts: SilenceFacts, t: Translate): Explanation {
  const because = (sentence: string, ...fixes: Fix[]): Explanation => ({ sentence, fixes });
  switch (reason) {
    case 'disabled':
      return because(t('Longview is switched off.'), 'enable');
    case 'language-off':
      return because(t('Completions are switched off for {0}.', facts.languageName), 'enable-language');
    case 'snoozed':
      return because(t('Completions are snoozed.'), 'stop-snoozing');
    case 'untrusted':
      return because(
        t('This workspace is in Restricted Mode; Longview does not start its engine until you trust it.'),
        'trust',
      );
    case 'manual-only':
      return because(
        t('Completions appear only when you ask for them: longview.completion.trigger is "manual".'),
        'ask-now',
        'trigger-automatic',
      );
    case 'scheme':
      return because(
        t('Longview completes files, untitled documents and notebook cells, and this is none of them.'),
      );
    case 'multi-cursor':
      return because(t('There are several cursors; Longview completes at one.'));
    case 'language-unknown':
      return because(t('{0} does not know {1}.', facts.model, facts.languageName), 'diagnostics');
    case 'ignored-file':
      return because(
        t('This file is ignored, and it holds nothing that can be completed from itself alone.'),
      );
    case 'file-too-large':
      return because(t('This file is larger than the two million characters that Longview completes in.'));
    case 'mid-word':
      return because(t('The cursor stands inside a word; the suggestion could only repeat it.'), 'ask-now');
    case 'line-complete':
      return because(
        t('The line before the cursor is complete; what comes next goes on a new line.'),
        'ask-now',
      );
    case 'engine-starting':
      return because(t('The engine was still starting. Try again in a moment.'), 'ask-now', 'show-log');
    case 'engine-failed':
      return because(
        facts.failure ? t('The engine is not running: {0}', facts.failure) : t('The engine is not running.'),
        'restart-engine',
        'show-log',
      );
    case 'model-missing':
      return because(
        facts.failure ?? t('The model is missing or damaged. Install Longview again.'),
        'diagnostics',
      );
    case 'model-empty':
      return because(t('The model sees nothing to write here.'), 'ask-now');
    case 'cancelled':
      return because(t('You typed on before the suggestion was ready.'));
    case 'stale':
      return because(t('The text changed while the suggestion was made, so that it no longer fits.'));
    case 'low-confidence':
      return because(
        t('The model was not sure enough to interrupt you. Ask by hand to see its guess.'),
        'ask-now',
        'eagerness',
      );
    case 'filtered':
      return because(t('The suggestion only repeated what stands there already, or itself.'), 'ask-now');
    case 'recently-rejected':
      return because(t('You dismissed the same suggestion here a moment ago.'), 'ask-now');
  }
}
