import type { Filter } from './filter';
import { restOfLine } from './filter';

/** No white space at the ends of lines; the end of the text keeps a space that separates it from what follows. */
export const trimEnd: Filter = (suggestion, context) => {
  const text = suggestion.text.replace(/[ \t]+(?=\n)/g, '');
  // An indentation put before an auto-closed bracket is wanted.
  const followed = restOfLine(suggestion, context).trim() !== '';
  return { ...suggestion, text: followed ? text : text.trimEnd() };
};
