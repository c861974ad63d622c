/** A citation is shown only when the file holds it, word for word, at the moment it is shown. */
import type { LineRange } from '../protocol/text';

export interface VerifiedText {
  /** Where the lines stand now: edits above them may have moved them. */
  range: LineRange;
  /** The lines exactly as in the file, without the last one's end. */
  text: string;
}

/** How far, in lines, a passage is searched for that does not stand where it stood. */
const SEARCH_LINES = 2000;

/**
 * Finds `expected` (lines joined by LF) in the file's present text, at `range` or at the nearest place with the same
 * lines. Undefined when it stands nowhere.
 */
export function verifyPassage(
  fileText: string,
  range: LineRange,
  expected: string,
): VerifiedText | undefined {
  const { lines, starts, ends } = lineTable(fileText);
  const wanted = expected.split('\n');
  const standsAt = (start: number) =>
    start >= 0 &&
    start + wanted.length <= lines.length &&
    wanted.every((line, offset) => lines[start + offset] === line);
  for (let distance = 0; distance <= SEARCH_LINES; distance++) {
    for (const start of distance === 0
      ? [range.startLine]
      : [range.startLine + distance, range.startLine - distance]) {
      if (!standsAt(start)) continue;
      const endLine = start + wanted.length - 1;
      return { range: { startLine: start, endLine }, text: fileText.slice(starts[start], ends[endLine]) };
    }
    if (range.startLine - distance < 0 && range.startLine + distance > lines.length) return undefined;
  }
  return undefined;
}

/** Lines as editors count them (CRLF, LF and a lone CR each end one) with their offsets. */
function lineTable(text: string): { lines: string[]; starts: number[]; ends: number[] } {
  const starts = [0];
  const ends: number[] = [];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    ends.push(match.index);
    starts.push(match.index + match[0].length);
  }
  ends.push(text.length);
  return { lines: starts.map((start, line) => text.slice(start, ends[line])), starts, ends };
}
