import { firstNonBlankLine, linePrefix, lineSuffix } from './line-ends';

/** Leading spaces and tabs of a line. */
export function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)![0];
}

/** Columns that an indentation takes up; a tab goes to the next multiple of `tabSize`. */
export function indentationWidth(line: string, tabSize = 4): number {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width++;
    else if (char === '\t') width += tabSize - (width % tabSize);
    else break;
  }
  return width;
}

/** A line after which a deeper one is expected: an open bracket, an arrow, or Python's colon at its end. */
export function opensBlock(line: string): boolean {
  return /(?:[{([:]|=>)\s*$/.test(stripLineComment(line));
}

/** Statements after which nothing of the same block can run. */
function endsBlock(line: string): boolean {
  return /^\s*(?:return|raise|throw|break|continue|pass)\b/.test(line);
}

function stripLineComment(line: string): string {
  return line.replace(/\s+(?:\/\/|#).*$/, '');
}

/** One step of indentation, as the lines around the cursor have it; else four after a colon (Python), two elsewhere. */
export function indentationUnit(before: string, after: string): string {
  const lines = `${before.slice(-4096)}\n${after.slice(0, 2048)}`.split(/\r\n|\r|\n/);
  let smallest = Infinity;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const indentation = indentationOf(line);
    if (indentation.startsWith('\t')) return '\t';
    // A single space is the ` * ` of a block comment, never a step.
    if (indentation.length > 1) smallest = Math.min(smallest, indentation.length);
  }
  if (smallest <= 8) return ' '.repeat(smallest);
  return /:\s*$/.test(before) ? '    ' : '  ';
}

/**
 * The indentation that is missing before the cursor on a blank line: someone clicked on an empty line, or the
 * editor did not indent. The model sees it as if typed (the newline and its indentation are one token, so that
 * a bare newline means "column 0" to it), and the answer begins with it. Empty when nothing is missing or unclear.
 */
export function missingIndentation(before: string, after: string): string {
  const typed = linePrefix(before);
  if (typed.trim() !== '' || lineSuffix(after).trim() !== '') return '';
  const above = lastNonBlankLine(before);
  if (!above) return '';
  const expected = expectedIndentation(typed, above.line, above.blankLines, firstNonBlankLine(after), () =>
    indentationUnit(before, after),
  );
  return expected.startsWith(typed) ? expected.slice(typed.length) : '';
}

function expectedIndentation(
  typed: string,
  above: string,
  blankLines: number,
  below: string | undefined,
  unit: () => string,
): string {
  const aboveIndent = indentationOf(above);
  const belowIndent = below === undefined ? '' : indentationOf(below);
  const widthAbove = indentationWidth(aboveIndent);
  const widthBelow = indentationWidth(belowIndent);
  if (opensBlock(above)) {
    if (widthBelow > widthAbove) return belowIndent;
    // Nothing tells how deep this block is but what was typed, if anything was.
    return indentationWidth(typed) > widthAbove ? typed : aboveIndent + unit();
  }
  if (widthBelow >= widthAbove) return aboveIndent;
  const belowCloses = below !== undefined && /^\s*[}\])]/.test(below);
  if (belowCloses) return aboveIndent;
  // Below a finished block, or apart from it by a blank line, either level is possible: take the one that adds nothing.
  return endsBlock(above) || blankLines > 0 ? belowIndent : aboveIndent;
}

function lastNonBlankLine(before: string): { line: string; blankLines: number } | undefined {
  const lines = before.slice(-4096).split(/\r\n|\r|\n/);
  lines.pop();
  let blankLines = 0;
  for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
    if (line.trim() !== '') return { line, blankLines };
    blankLines++;
  }
  return undefined;
}
