import type { LineRange } from '../../runtime/protocol/text';

export interface FoundLines {
  range: LineRange;
  /** `changed`: most of the lines stand there, others were edited; `gone`: too few to tell, the range is where they were. */
  text: 'same' | 'changed' | 'gone';
}

/** Share of the lines with words that must still stand for a passage to be the same one. */
const leastShare = 0.5;

/**
 * Where a passage's lines stand in a file that may have been edited since: moved by edits above it, grown or shrunk by
 * edits within. Of several places that fit as well, the nearest to where it stood.
 */
export function findLines(
  lines: readonly string[],
  expected: readonly string[],
  stood: LineRange,
): FoundLines {
  const exact = nearest(lines, expected, stood.startLine);
  if (exact !== undefined)
    return { range: { startLine: exact, endLine: exact + expected.length - 1 }, text: 'same' };
  const matches = aligned(lines, expected, stood.startLine);
  const words = expected.filter((line) => line.trim() !== '').length;
  const last = lines.length - 1;
  if (matches.length === 0 || matches.length < words * leastShare)
    return {
      range: { startLine: Math.min(stood.startLine, last), endLine: Math.min(stood.endLine, last) },
      text: 'gone',
    };
  const first = matches[0]!;
  const end = matches[matches.length - 1]!;
  return {
    range: {
      // Lines before the first and after the last that still stand were edited, and belong to it.
      startLine: Math.max(0, first.at - first.index),
      endLine: Math.min(last, end.at + expected.length - 1 - end.index),
    },
    text: 'changed',
  };
}

/** First line of the place nearest to `from` where all of `expected` stands. */
function nearest(lines: readonly string[], expected: readonly string[], from: number): number | undefined {
  const fits = (start: number) =>
    start >= 0 &&
    start + expected.length <= lines.length &&
    expected.every((line, at) => lines[start + at] === line);
  for (let distance = 0; distance <= lines.length; distance++) {
    if (fits(from - distance)) return from - distance;
    if (fits(from + distance)) return from + distance;
  }
  return undefined;
}

/** Lines of `expected` found one after the other, from the offset at which most of them stand. */
function aligned(
  lines: readonly string[],
  expected: readonly string[],
  from: number,
): { index: number; at: number }[] {
  const places = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const known = places.get(line);
    if (known) known.push(at);
    else places.set(line, [at]);
  }
  const votes = new Map<number, number>();
  for (const [index, line] of expected.entries())
    for (const at of places.get(line) ?? []) votes.set(at - index, (votes.get(at - index) ?? 0) + 1);
  const start = [...votes].sort(([a, m], [b, n]) => n - m || Math.abs(a - from) - Math.abs(b - from))[0]?.[0];
  if (start === undefined) return [];
  const matches: { index: number; at: number }[] = [];
  let next = Math.max(0, start - expected.length);
  for (const [index, line] of expected.entries()) {
    // Edits within shift what follows: the next of the same lines within reach will do.
    const reach = start + index + expected.length;
    const at = (places.get(line) ?? []).find((place) => place >= next && place <= reach);
    if (at === undefined) continue;
    matches.push({ index, at });
    next = at + 1;
  }
  return matches;
}
