/** Models read and write LF alone; documents keep the line ends they have. */

export type LineEnd = '\n' | '\r\n';

/** The text as a model reads it. A lone CR, as old files have it, is a line end too. */
export function toLf(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** The line end to write at the cursor: that of the line above, else of the line below, else LF. */
export function lineEndAt(before: string, after: string): LineEnd {
  const above = before.lastIndexOf('\n');
  if (above >= 0) return before[above - 1] === '\r' ? '\r\n' : '\n';
  const below = after.indexOf('\n');
  return below > 0 && after[below - 1] === '\r' ? '\r\n' : '\n';
}

/** A model's LF text with the document's line ends. */
export function withLineEnd(text: string, lineEnd: LineEnd): string {
  return lineEnd === '\n' ? text : text.replace(/\n/g, '\r\n');
}

/** `before` up to the cursor, as the cursor's line shows it. */
export function linePrefix(before: string): string {
  return before.slice(before.lastIndexOf('\n') + 1);
}

/** What stands after the cursor on its own line, line end excluded. */
export function lineSuffix(after: string): string {
  const end = after.search(/[\r\n]/);
  return end < 0 ? after : after.slice(0, end);
}

/** First line of `text` that is not blank, and nothing when there is none. Looks at `limit` units at most. */
export function firstNonBlankLine(text: string, limit = 4096): string | undefined {
  return text
    .slice(0, limit)
    .split(/\r\n|\r|\n/)
    .find((line) => line.trim() !== '');
}
