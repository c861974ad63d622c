/** Every silence in one plain sentence that ends in what to do about it. */
import type { SilenceReason } from '../protocol/completion';

export interface SilenceFacts {
  /** As people call it: "Rust". */
  language: string;
  model: string;
  /** What the engine or the model said about its failure. */
  failure?: string;
}

/** Puts arguments for `{0}`, `{1}`; an editor passes its translator instead. */
export type Format = (message: string, ...values: string[]) => string;

const plain: Format = (message, ...values) =>
  message.replace(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? '');

export function silenceSentence(reason: SilenceReason, facts: SilenceFacts, format: Format = plain): string {
  return format(SENTENCES[reason], facts.language, facts.model, facts.failure ?? '').trim();
}

const SENTENCES: Readonly<Record<SilenceReason, string>> = {
  disabled: 'Longview is switched off: switch it on to get suggestions.',
  'language-off': 'Completions are switched off for {0}: switch the language on in the status menu.',
  snoozed: 'Completions are snoozed: end the snooze in the status menu, or wait.',
  untrusted: 'The workspace is not trusted, so that no engine runs: trust it to get suggestions.',
  'manual-only':
    'Completions come by hand only (longview.completion.trigger): invoke one, or set it to automatic.',
  scheme: 'Longview completes files, untitled documents and notebook cells, and this is none of them.',
  'multi-cursor': 'There is more than one cursor: leave one.',
  'language-unknown': '{1} does not know {0}: choose a model that does.',
  'ignored-file': 'This file may hold secrets, so that it is never read: rename it if it does not.',
  'file-too-large': 'The file is too large to complete in: work in a smaller one.',
  'mid-word': 'The cursor is inside a word: move to its end, or invoke by hand.',
  'line-complete': 'The line is complete: start a new one, or invoke by hand.',
  'engine-starting': 'The engine is still starting: try again in a moment.',
  'engine-failed': 'The engine stopped: restart it, or see the log. {2}',
  'model-missing': 'The model {1} is not installed: add it or choose another. {2}',
  'model-empty': 'The model has nothing to add here: type on, or show alternatives.',
  cancelled: 'The request was overtaken by the next one: pause for a moment.',
  stale: 'The document changed while the engine was at work: type on or try again.',
  'low-confidence': 'The model was not sure enough: invoke by hand to see it, or raise the eagerness.',
  filtered: 'The suggestion only repeated what stands there already: type on.',
  'recently-rejected': 'The same suggestion was turned down here a moment ago: invoke by hand to see it.',
};
