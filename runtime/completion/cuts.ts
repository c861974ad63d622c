/**
 * Where a text may be cut so that its parts, encoded apart, give the tokens of the whole.
 *
 * The tokeniser takes a run of newlines together with the indentation after it as one unit, and no other unit
 * crosses into one. So a cut right before a newline run is exact, and a cut anywhere else inside white space
 * would show the model tokens that it has never seen.
 */

/** Longest piece between two cuts, in UTF-16 units. Lines beyond it (minified code) are cut between words. */
export const MAX_SEGMENT = 2048;
/** How far a cut inside an overlong line may look for a space. */
const WORD_SEARCH = 256;

const LF = 10;
const CR = 13;

function isNewline(code: number): boolean {
  return code === LF || code === CR;
}

/** True right before a newline run, and at the text's start. */
export function isCut(text: string, position: number): boolean {
  if (position === 0) return true;
  if (position < 0 || position >= text.length) return false;
  return isNewline(text.charCodeAt(position)) && !isNewline(text.charCodeAt(position - 1));
}

/** The last cut before `position`, which must be above 0. */
export function previousCut(text: string, position: number): number {
  let line = text.lastIndexOf('\n', position - 1);
  while (line > 0 && isNewline(text.charCodeAt(line - 1))) line--;
  const start = Math.max(line, 0);
  if (position - start <= MAX_SEGMENT) return start;
  // Pieces are counted from the line's start, so that they stay the same while the cursor moves along the line.
  for (let piece = Math.floor((position - 1 - start) / MAX_SEGMENT); piece > 0; piece--) {
    const cut = wordCut(text, start + piece * MAX_SEGMENT);
    if (cut < position) return cut;
  }
  return start;
}

/** The first cut after `position`, or the text's length. */
export function nextCut(text: string, position: number): number {
  let at = position;
  while (at < text.length && isNewline(text.charCodeAt(at))) at++;
  const lf = text.indexOf('\n', at);
  let end = lf < 0 ? text.length : lf;
  while (end > at && isNewline(text.charCodeAt(end - 1))) end--;
  return end - position <= MAX_SEGMENT ? end : Math.min(end, wordCut(text, position + MAX_SEGMENT));
}

/** Before the next single space that follows a word, where a unit of the tokeniser begins; else right here. */
function wordCut(text: string, from: number): number {
  for (let at = from; at < from + WORD_SEARCH && at < text.length - 1; at++) {
    if (text[at] === ' ' && text[at + 1] !== ' ' && text[at - 1] !== ' ') return at;
  }
  const low = text.charCodeAt(from);
  return low >= 0xdc00 && low <= 0xdfff ? from + 1 : from;
}
