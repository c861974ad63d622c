import type { LineRange } from '../../runtime/protocol/text';

/** A longer background would drown the text that it is meant to point out. */
const limit = 12;

/** The part of a cited range that gets a background: all of a short one, the first lines of a long one. */
export function highlightedLines({ startLine, endLine }: LineRange): LineRange {
  return { startLine, endLine: Math.min(endLine, startLine + limit - 1) };
}
