import { indentationOf, indentationUnit, indentationWidth, opensBlock } from '../indentation';
import { linePrefix } from '../line-ends';
import type { Filter } from './filter';

/** Writes the lines after the first with the document's kind of indentation: tabs where it has tabs, spaces where it has spaces. */
export const fixIndentation: Filter = (suggestion, { before, after }) => {
  if (!/\n[ \t]/.test(suggestion.text)) return suggestion;
  if (!/^[ \t]/m.test(before.slice(-4096)) && !/^[ \t]/m.test(after.slice(0, 2048))) return suggestion;
  const unit = indentationUnit(before, after);
  const [first, ...others] = suggestion.text.split('\n');
  const step = unit === '\t' ? stepOfSpaces(others, before) : unit.length;
  const fixed = others.map((line) => {
    const indentation = indentationOf(line);
    if (unit === '\t' ? !indentation.includes(' ') : !indentation.includes('\t')) return line;
    const width = indentationWidth(indentation, step);
    const text = line.slice(indentation.length);
    return unit === '\t' ? '\t'.repeat(Math.round(width / step)) + text : ' '.repeat(width) + text;
  });
  return { ...suggestion, text: [first, ...fixed].join('\n') };
};

/** Spaces that stand for one tab: such that the least deep line comes to the depth that the cursor's line asks for. */
function stepOfSpaces(lines: string[], before: string): number {
  const widths = lines.map((line) => /^ */.exec(line)![0].length).filter((width) => width > 1);
  if (widths.length === 0) return 4;
  const line = linePrefix(before);
  const depth = /^\t*/.exec(line)![0].length + (line.trim() !== '' && opensBlock(line) ? 1 : 0);
  const step = Math.min(...widths) / Math.max(depth, 1);
  return Number.isInteger(step) && step >= 2 ? step : widths.reduce(greatestCommonDivisor);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
