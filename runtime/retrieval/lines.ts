/** Lines as the editor counts them: CRLF, LF and a lone CR each end one. */

/** `lines[i]` is the text of line i without its end; `ends[i]` the end itself ('' on the last). */
export interface TextLines {
  lines: string[];
  ends: string[];
}

export function splitLines(text: string): TextLines {
  const lines: string[] = [];
  const ends: string[] = [];
  const pattern = /\r\n|\n|\r/g;
  let from = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    lines.push(text.slice(from, match.index));
    ends.push(match[0]);
    from = match.index + match[0].length;
  }
  lines.push(text.slice(from));
  ends.push('');
  return { lines, ends };
}

/** LF only, so that every reader of the text counts the same lines. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
