import { missingIndentation } from '../indentation';
import { linePrefix } from '../line-ends';
import type { Filter } from './filter';

/**
 * Takes away white space that is already before the cursor: a second space after a typed one (words carry their
 * space, so that models like to write it again), or the line's indentation written twice.
 */
export const fixLeadingSpace: Filter = (suggestion, { before, after }) => {
  const typed = linePrefix(before);
  const { text } = suggestion;
  if (typed.trim() !== '') {
    return /[ \t]$/.test(typed) ? { ...suggestion, text: text.replace(/^[ \t]+/, '') } : suggestion;
  }
  // Indentation that the line lacked is part of the answer; what comes after it should not be indentation again.
  const supplied = missingIndentation(before, after);
  const indentation = typed + supplied;
  const body = text.startsWith(supplied) ? text.slice(supplied.length) : text;
  const [first = '', ...others] = body.split('\n');
  if (indentation === '' || !first.startsWith(indentation) || first.trim() === '') return suggestion;
  // The first line is meant deeper only if the lines after it are.
  const deeper = others.some((line) => line.startsWith(indentation + indentation));
  const comesBack = others.some(
    (line) => line.startsWith(indentation) && /\S/.test(line[indentation.length] ?? ''),
  );
  if (deeper && !comesBack) return suggestion;
  return { ...suggestion, text: text.slice(0, text.length - body.length) + body.slice(indentation.length) };
};
