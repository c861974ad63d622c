import type { Dropped, Filter, Suggestion } from './filter';
import { restOfLine } from './filter';

/** Shortest overlap that counts, in visible characters: one bracket is left to `coverClosers`, which knows its pair. */
const MIN_OVERLAP = 2;

/** Cuts an end that is what follows the cursor on its line anyway: `x + b;` before ` + b;` is `x`. */
export const cutDuplicatedSuffix: Filter = (suggestion, context) => {
  const rest = restOfLine(suggestion, context).trimEnd();
  const text = suggestion.text.trimEnd();
  if (!/[\p{L}\p{N}]/u.test(rest)) {
    // Brackets and quotes have pairs, and are left to `coverClosers`; other signs (`;`, `:`, `=>`) stand for themselves.
    const repeated = /^[^\s)\]}"'`]/.test(rest.trimStart()) && text.endsWith(rest);
    return repeated ? keepBefore(suggestion, text.length - rest.length) : suggestion;
  }
  for (let length = Math.min(rest.length, text.length); length > 0; length--) {
    const overlap = rest.slice(0, length);
    if (overlap.trim().length < MIN_OVERLAP || !text.endsWith(overlap)) continue;
    // Half a word is a coincidence, unless the whole rest is there.
    if (length < rest.length && /[\p{L}\p{N}_]$/u.test(overlap) && /^[\p{L}\p{N}_]/u.test(rest.slice(length)))
      continue;
    return keepBefore(suggestion, text.length - length);
  }
  return suggestion;
};

function keepBefore(suggestion: Suggestion, end: number): Suggestion | Dropped {
  const kept = suggestion.text.slice(0, end);
  return kept.trim() === ''
    ? { dropped: 'it repeats what follows the cursor' }
    : { ...suggestion, text: kept };
}
