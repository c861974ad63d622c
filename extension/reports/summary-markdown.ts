import type { FileSummary, SummaryLine } from '../../runtime/protocol/summaries';
import type { Translate } from '../../runtime/protocol/translate';
import { escapeMarkdown } from '../status/tooltip';

/** A file's summary as a Markdown document: purpose, importers, then one list item per symbol with its lines (from 1). */
export function summaryMarkdown(summary: FileSummary, t: Translate): string {
  const parts = [`# ${escapeMarkdown(summary.displayPath)}`, ''];
  if (summary.purpose.text) parts.push(marked(summary.purpose.text, summary.purpose.source, t), '');
  if (summary.importedBy.length > 0) {
    parts.push(t('Imported by {0}.', summary.importedBy.map((path) => `\`${path}\``).join(', ')), '');
  }
  parts.push(...summary.lines.map((line) => symbolItem(line, t)), '');
  parts.push(t('{0} lines, {1}.', summary.lineCount, summary.languageId));
  if (summary.approximate)
    parts.push(t('No grammar knows this language: the outline follows the indentation.'));
  return `${parts.join('\n').trimEnd()}\n`;
}

function symbolItem(line: SummaryLine, t: Translate): string {
  const { startLine, endLine } = line.range;
  const lines = startLine === endLine ? `${startLine + 1}` : `${startLine + 1}-${endLine + 1}`;
  const text = line.text ? `: ${marked(line.text, line.source, t)}` : '';
  return `${'  '.repeat(line.depth)}- **${escapeMarkdown(line.name)}** (${line.kind}, ${lines})${text}`;
}

function marked(text: string, source: SummaryLine['source'], t: Translate): string {
  const plain = escapeMarkdown(text.replace(/\s+/g, ' ').trim());
  return source === 'generated' ? `${plain} *(${t('generated')})*` : plain;
}
