/**
 * Editors close brackets and quotes by themselves: after `foo(` the cursor stands before a `)` that nobody typed.
 * A suggestion that writes the `)` itself takes the place of that one, else it would be there twice.
 */
import { indentationOf } from '../indentation';
import { linePrefix } from '../line-ends';
import type { Filter, Suggestion } from './filter';
import { restOfLine } from './filter';

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const QUOTES = new Set(['"', "'", '`']);
const CLOSERS = new Set([')', ']', '}']);

export const coverClosers: Filter = (suggestion, context) => {
  const rest = restOfLine(suggestion, context);
  const closers = /^[)\]}"'`;,]+/.exec(rest)?.[0] ?? '';
  if (closers === '') return suggestion;
  const closed = closedBy(suggestion.text, closers);
  const onlyClosers = rest.trim() === closers;
  if (onlyClosers)
    return closed.count > 0
      ? cover(suggestion, closers, closed.count)
      : ontoOwnLine(suggestion, context.before);
  if (closed.count === 0) return suggestion;
  // More code follows those brackets: they stay, and the suggestion ends before it closes them.
  const tail = suggestion.text.slice(closed.firstAt);
  if (!rest.startsWith(tail.trimEnd())) return suggestion;
  const kept = suggestion.text.slice(0, closed.firstAt);
  return kept.trim() === ''
    ? { dropped: 'it repeats what follows the cursor' }
    : { ...suggestion, text: kept };
};

function cover(suggestion: Suggestion, closers: string, count: number): Suggestion {
  const left = closers.slice(count);
  const all = left !== '' && /^[;,]+$/.test(left) && suggestion.text.trimEnd().endsWith(left);
  return { ...suggestion, replaceAfter: suggestion.replaceAfter + (all ? closers.length : count) };
}

/** A block written between a pair on one line: its closing bracket goes on a line of its own. */
function ontoOwnLine(suggestion: Suggestion, before: string): Suggestion {
  if (!/^\s*\n/.test(suggestion.text) || !/[{([]\s*$/.test(before)) return suggestion;
  return { ...suggestion, text: `${suggestion.text.trimEnd()}\n${indentationOf(linePrefix(before))}` };
}

/** How many of `closers`, from the first, the text writes itself, and where it writes the first of them. */
function closedBy(text: string, closers: string): { count: number; firstAt: number } {
  let count = 0;
  let firstAt = text.length;
  const open: string[] = [];
  // A quote right after the cursor: the cursor is inside that string.
  let quote = QUOTES.has(closers[0]!) ? closers[0] : undefined;
  let outerQuote = quote !== undefined;
  const close = (at: number) => {
    if (count === 0) firstAt = at;
    count++;
  };
  for (let at = 0; at < text.length && count < closers.length; at++) {
    const char = text[at]!;
    if (quote !== undefined) {
      if (char === '\\') at++;
      else if (char === quote) {
        if (outerQuote) close(at);
        quote = undefined;
        outerQuote = false;
      }
    } else if (QUOTES.has(char) && !isApostrophe(text, at)) quote = char;
    else if (PAIRS[char]) open.push(PAIRS[char]);
    else if (CLOSERS.has(char)) {
      if (open.at(-1) === char) open.pop();
      else if (open.length === 0 && closers[count] === char) close(at);
      else break;
    }
  }
  return { count, firstAt };
}

/** `don't` in a comment opens no string. */
function isApostrophe(text: string, at: number): boolean {
  return text[at] === "'" && /\p{L}/u.test(text[at - 1] ?? '') && /\p{L}/u.test(text[at + 1] ?? '');
}
