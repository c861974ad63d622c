import type { Filter } from './filter';
import { restOfLine } from './filter';

/** Shortest overlap that counts, in visible characters: one bracket is left to `coverClosers`, which knows its pair. */
const MIN_OVERLAP = 2;

/** Cuts an end that is what follows the cursor on its line anyway: `x + b;` before ` + b;` is `x`. */
export const cutDuplicatedSuffix: Filter = (suggestion, context) => {
  const rest = restOfLine(suggestion, context).trimEnd();
  // What the editor closed by itself may be replaced instead; only a rest with words in it is never written twice.
  if (!/[\p{L}\p{N}]/u.test(rest)) return suggestion;
  const text = suggestion.text.trimEnd();
  for (let length = Math.min(rest.length, text.length); length > 0; length--) {
    const overlap = rest.slice(0, length);
    if (overlap.trim().length < MIN_OVERLAP || !text.endsWith(overlap)) continue;
    // Half a word is a coincidence, unless the whole rest is there.
    if (length < rest.length && /[\p{L}\p{N}_]$/u.test(overlap) && /^[\p{L}\p{N}_]/u.test(rest.slice(length)))
      continue;
    const kept = text.slice(0, text.length - length);
    return kept.trim() === ''
      ? { dropped: 'it repeats what follows the cursor' }
      : { ...suggestion, text: kept };
  }
  return suggestion;
};
