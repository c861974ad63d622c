import type { LineRange } from '../protocol/text';

/**
 * The text of a symbol's lines, its common indentation away. A notebook's lines are JSON strings: their text is what
 * the cell shows.
 */
export function codeOf(lines: readonly string[], range: LineRange, languageId: string): string {
  const own = lines.slice(range.startLine, range.endLine + 1);
  const text = languageId === 'ipynb' ? own.map(cellLine) : own;
  const indents = text
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const common = Math.min(...indents, 1000);
  return text
    .map((line) => line.slice(common).trimEnd())
    .join('\n')
    .trim();
}

function cellLine(line: string): string {
  const literal = /"(?:[^"\\]|\\.)*"/.exec(line)?.[0];
  if (literal === undefined) return line;
  try {
    return String(JSON.parse(literal)).replace(/\n$/, '');
  } catch {
    return line;
  }
}
