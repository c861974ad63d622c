/** Takes documentation out of a text and says where its lines went. Pure. */
import type { DocumentedSymbol } from '../syntax';

export interface StrippedText {
  text: string;
  /** For each symbol its lines in `text`, from 0. */
  ranges: { startLine: number; endLine: number }[];
}

interface Cut {
  start: number;
  end: number;
  put: string;
}

/** A body that holds nothing else gets Python's `pass` for its docstring; lines that become empty go. */
export function stripDocumentation(text: string, symbols: readonly DocumentedSymbol[]): StrippedText {
  const cuts = disjoint(
    symbols.flatMap(({ places }) =>
      places.map(({ start, end, needed }) =>
        needed ? { start, end, put: 'pass' } : wholeLines(text, start, end),
      ),
    ),
  );
  let stripped = '';
  let at = 0;
  for (const { start, end, put } of cuts) {
    stripped += text.slice(at, start) + put;
    at = end;
  }
  stripped += text.slice(at);

  const moved = (offset: number) => {
    let shift = 0;
    for (const { start, end, put } of cuts) {
      if (start > offset) break;
      // What was cut away lies now where the text behind it does.
      if (offset < end) return start + shift + put.length;
      shift += put.length - (end - start);
    }
    return offset + shift;
  };
  const oldStarts = lineStarts(text);
  const newStarts = lineStarts(stripped);
  const ranges = symbols.map(({ startLine, endLine }) => ({
    startLine: lineAt(newStarts, moved(oldStarts[startLine] ?? text.length)),
    // The last line's last character, so that a docstring which ended the symbol gives way to what is left of it.
    endLine: lineAt(newStarts, Math.max(0, moved((oldStarts[endLine + 1] ?? text.length + 1) - 1) - 1)),
  }));
  return { text: stripped, ranges };
}

/** The place with its line's indentation and end, where nothing else stands on its lines. */
function wholeLines(text: string, start: number, end: number): Cut {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  // Some grammars count the line's end to a comment.
  const stop = text[end - 1] === '\n' ? end : text.slice(end, lineEnd).trim() === '' ? lineEnd : end;
  return text.slice(lineStart, start).trim() === '' && text[stop - 1] === '\n'
    ? { start: lineStart, end: stop, put: '' }
    : { start, end, put: '' };
}

/** In order; of two that overlap the first one stays. */
function disjoint(cuts: readonly Cut[]): Cut[] {
  const kept: Cut[] = [];
  for (const cut of [...cuts].sort((a, b) => a.start - b.start || b.end - a.end))
    if (cut.start >= (kept.at(-1)?.end ?? 0)) kept.push(cut);
  return kept;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
