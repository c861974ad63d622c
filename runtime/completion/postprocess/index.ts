/** From what the model wrote to what is shown: a chain of small filters, each in its own file. */
import { coverClosers } from './cover-closers';
import { cutDuplicatedSuffix } from './cut-duplicated-suffix';
import { cutFollowingLines } from './cut-following-lines';
import { cutRepetition } from './cut-repetition';
import { dropBlank } from './drop-blank';
import { dropEcho } from './drop-echo';
import { dropNoChange } from './drop-no-change';
import type { Dropped, Filter, FilterContext, Suggestion } from './filter';
import { fixIndentation } from './fix-indentation';
import { fixLeadingSpace } from './fix-leading-space';
import { trimEnd } from './trim-end';

export type { Dropped, FilterContext, Suggestion } from './filter';

/** In this order: first what is cut at the end, then what is replaced after the cursor, then what is not worth showing. */
const FILTERS: readonly (readonly [name: string, filter: Filter])[] = [
  ['cut-repetition', cutRepetition],
  ['fix-leading-space', fixLeadingSpace],
  ['fix-indentation', fixIndentation],
  ['cut-duplicated-suffix', cutDuplicatedSuffix],
  ['cut-following-lines', cutFollowingLines],
  ['cover-closers', coverClosers],
  ['trim-end', trimEnd],
  ['drop-echo', dropEcho],
  ['drop-no-change', dropNoChange],
  ['drop-blank', dropBlank],
];

/** A suggestion fit to be shown, or which filter dropped it and why. `text` and context are LF. */
export function postprocess(
  text: string,
  context: FilterContext,
): Suggestion | (Dropped & { filter: string }) {
  let suggestion: Suggestion = { text, replaceAfter: 0 };
  for (const [name, filter] of FILTERS) {
    const result = filter(suggestion, context);
    if ('dropped' in result) return { ...result, filter: name };
    suggestion = result;
  }
  return suggestion;
}
