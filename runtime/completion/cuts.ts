/**
 * Where a text may be cut so that its parts, encoded apart, give the tokens of the whole.
 *
 * Tokenisers of code take a run of newlines as one unit, either together with the indentation after it (GPT-2's kind, and the
 * embedded model's: cut right before the run) or together with the signs before it (GPT-4's kind: cut right after the run,
 * blank lines included). A cut anywhere else inside white space would show the model tokens that it has never seen.
 */
import type { CutPlace } from '../protocol/prompt-format';

/** Longest piece between two cuts, in UTF-16 units. Lines beyond it (minified code) are cut between words. */
export const MAX_SEGMENT = 2048;
/** How far a cut inside an overlong line may look for a space. */
const WORD_SEARCH = 256;

const LF = 10;
const CR = 13;

function isNewline(code: number): boolean {
  return code === LF || code === CR;
}

/** True at a cut between lines, and at the text's start. */
export function isCut(text: string, position: number, place: CutPlace = 'before-newlines'): boolean {
  if (position === 0) return true;
  if (position < 0 || position >= text.length) return false;
  const [before, after] = [text.charCodeAt(position - 1), text.charCodeAt(position)];
  if (place === 'before-newlines') return isNewline(after) && !isNewline(before);
  return isNewline(before) && !isBlankFrom(text, position);
}

/** The last cut before `position`, which must be above 0. */
export function previousCut(text: string, position: number, place: CutPlace = 'before-newlines'): number {
  const start = place === 'before-newlines' ? runBefore(text, position) : lineBefore(text, position);
  if (position - start <= MAX_SEGMENT) return start;
  // Pieces are counted from the line's start, so that they stay the same while the cursor moves along the line.
  for (let piece = Math.floor((position - 1 - start) / MAX_SEGMENT); piece > 0; piece--) {
    const cut = wordCut(text, start + piece * MAX_SEGMENT);
    if (cut < position) return cut;
  }
  return start;
}

/** The first cut after `position`, or the text's length. */
export function nextCut(text: string, position: number, place: CutPlace = 'before-newlines'): number {
  const end = place === 'before-newlines' ? runAfter(text, position) : lineAfter(text, position);
  return end - position <= MAX_SEGMENT ? end : Math.min(end, wordCut(text, position + MAX_SEGMENT));
}

/** Where the last run of newlines before `position` begins. */
function runBefore(text: string, position: number): number {
  let line = text.lastIndexOf('\n', position - 1);
  while (line > 0 && isNewline(text.charCodeAt(line - 1))) line--;
  return Math.max(line, 0);
}

function runAfter(text: string, position: number): number {
  let at = position;
  while (at < text.length && isNewline(text.charCodeAt(at))) at++;
  const lf = text.indexOf('\n', at);
  let end = lf < 0 ? text.length : lf;
  while (end > at && isNewline(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Where the last line that is not blank begins, before `position`. */
function lineBefore(text: string, position: number): number {
  for (let end = position - 1; end > 0;) {
    const lf = text.lastIndexOf('\n', end - 1);
    if (lf < 0) return 0;
    if (!isBlankFrom(text, lf + 1)) return lf + 1;
    end = lf;
  }
  return 0;
}

function lineAfter(text: string, position: number): number {
  for (let lf = text.indexOf('\n', position); lf >= 0; lf = text.indexOf('\n', lf + 1))
    if (lf + 1 < text.length && !isBlankFrom(text, lf + 1)) return lf + 1;
  return text.length;
}

/** Nothing but white space up to the end of the line: the next run of newlines takes it in. */
function isBlankFrom(text: string, position: number): boolean {
  for (let at = position; at < text.length && !isNewline(text.charCodeAt(at)); at++)
    if (!/\s/.test(text[at]!)) return false;
  return true;
}

/** Before the next single space that follows a word, where a unit of the tokeniser begins; else right here. */
function wordCut(text: string, from: number): number {
  for (let at = from; at < from + WORD_SEARCH && at < text.length - 1; at++) {
    if (text[at] === ' ' && text[at + 1] !== ' ' && text[at - 1] !== ' ') return at;
  }
  const low = text.charCodeAt(from);
  return low >= 0xdc00 && low <= 0xdfff ? from + 1 : from;
}
