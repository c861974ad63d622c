import type { FileSummary, SummaryLine } from '../protocol/summaries';

/** A summary as text: the purpose, then a line for each symbol. Generated ones are marked ≈. */
export function summaryText(summary: FileSummary): string {
  return [
    `${summary.displayPath}  (${summary.lineCount} lines)`,
    summary.purpose.text,
    '',
    ...summary.lines.map(lineText),
  ].join('\n');
}

function lineText({ depth, kind, name, text, source, nameLine }: SummaryLine): string {
  const mark = source === 'generated' ? '≈ ' : '';
  return `${String(nameLine + 1).padStart(6)}  ${'  '.repeat(depth)}${kind} ${name}${text ? `: ${mark}${text}` : ''}`;
}
