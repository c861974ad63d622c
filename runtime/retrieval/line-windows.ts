/** Cuts what no outline divides: long functions, plain text, unknown languages. */
import type { LineRange } from '../protocol/text';

export interface LineText {
  readonly lines: readonly string[];
}

/** A passage's most lines after a cut, and its most UTF-16 units (a single longer line stays whole). */
const WINDOW_LINES = 50;
const WINDOW_UNITS = 5000;

/**
 * `range` itself when it has at most `whole` lines and is short enough, else windows that end, where they can, before
 * a blank or the least indented line of their last third.
 */
export function windowsOf(range: LineRange, whole: number, source: LineText): LineRange[] {
  const windows: LineRange[] = [];
  let startLine = range.startLine;
  while (startLine <= range.endLine) {
    const fit = lastFitting(startLine, range.endLine, source);
    const lines = range.endLine - startLine + 1;
    const endsHere =
      fit === range.endLine && (lines <= WINDOW_LINES || (windows.length === 0 && lines <= whole));
    const endLine = endsHere
      ? range.endLine
      : bestCut(startLine, Math.min(fit, startLine + WINDOW_LINES - 1), source);
    windows.push({ startLine, endLine });
    startLine = endLine + 1;
  }
  return windows;
}

/** The last line that still fits the units; at least `startLine`. */
function lastFitting(startLine: number, endLine: number, { lines }: LineText): number {
  let units = 0;
  for (let line = startLine; line <= endLine; line++) {
    units += (lines[line] ?? '').length + 1;
    if (units > WINDOW_UNITS && line > startLine) return line - 1;
  }
  return endLine;
}

function bestCut(startLine: number, lastLine: number, { lines }: LineText): number {
  const from = startLine + Math.floor(((lastLine - startLine) * 2) / 3);
  let best = lastLine;
  let least = Infinity;
  for (let line = lastLine; line > from; line--) {
    const text = lines[line] ?? '';
    if (text.trim() === '') return line;
    const indent = text.search(/\S/);
    if (indent < least) {
      least = indent;
      best = line - 1;
    }
  }
  return best;
}
