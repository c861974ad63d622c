/** A quoted piece of a file, cut into lines and marked pieces, ready to draw. */
export interface QuotedLine {
  /** As editors count: from 1. */
  number: number;
  pieces: { text: string; marked: boolean }[];
}

export interface Highlight {
  start: number;
  end: number;
}

/** Lines of `text`, their shared indentation left out, with the highlights (UTF-16 ranges within `text`) marked. */
export function quotedLines(text: string, firstLine: number, highlights: readonly Highlight[]): QuotedLine[] {
  const ranges = merged(highlights, text.length);
  const lines = text.replace(/\r?\n$/, '').split('\n');
  const indentation = sharedIndentation(lines);
  let offset = 0;
  return lines.map((line, index) => {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    const skipped = Math.min(indentation, content.length);
    const pieces = cut(content.slice(skipped), offset + skipped, ranges);
    offset += line.length + 1;
    return { number: firstLine + index + 1, pieces };
  });
}

/** Sorted, inside the text, without overlaps. */
function merged(highlights: readonly Highlight[], length: number): Highlight[] {
  const result: Highlight[] = [];
  for (const { start, end } of highlights.slice().sort((a, b) => a.start - b.start)) {
    const next = { start: Math.max(0, start), end: Math.min(length, end) };
    if (next.start >= next.end) continue;
    const last = result.at(-1);
    if (last && next.start <= last.end) last.end = Math.max(last.end, next.end);
    else result.push(next);
  }
  return result;
}

function cut(line: string, offset: number, ranges: readonly Highlight[]): QuotedLine['pieces'] {
  const pieces: QuotedLine['pieces'] = [];
  let at = 0;
  const push = (end: number, marked: boolean) => {
    if (end > at) pieces.push({ text: line.slice(at, end), marked });
    at = Math.max(at, end);
  };
  for (const range of ranges) {
    if (range.end <= offset || range.start >= offset + line.length) continue;
    push(Math.max(0, range.start - offset), false);
    push(Math.min(line.length, range.end - offset), true);
  }
  push(line.length, false);
  return pieces;
}

/** Length of the white space with which every line that has text begins. */
export function sharedIndentation(lines: readonly string[]): number {
  let shared: string | undefined;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const own = /^[ \t]*/.exec(line)?.[0] ?? '';
    if (shared === undefined) shared = own;
    let same = 0;
    while (same < shared.length && shared[same] === own[same]) same++;
    shared = shared.slice(0, same);
  }
  return shared?.length ?? 0;
}

/** The part of a long quote to show first: `size` lines that begin shortly before the first marked one. */
export function excerpt(lines: readonly QuotedLine[], size: number): { from: number; to: number } {
  // Cutting off a line or two would save no room: the button that brings them back takes as much.
  if (lines.length <= size + 2) return { from: 0, to: lines.length };
  const first = lines.findIndex((line) => line.pieces.some((piece) => piece.marked));
  const from = first < size - 1 ? 0 : Math.min(first - 2, lines.length - size);
  return { from, to: from + size };
}

/** A suggestion as a card shows it: what follows its first line keeps its own shape, without the file's indentation. */
export function withoutIndentation(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const indentation = sharedIndentation(rest);
  return [first, ...rest.map((line) => line.slice(Math.min(indentation, line.length)))].join('\n');
}
