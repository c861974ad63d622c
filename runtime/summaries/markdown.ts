import type { FileSummary, SummaryLine } from '../protocol/summaries';

/**
 * A summary as Markdown. `linkOf` gives the address of a line's symbol, undefined for none. Everything from the file is
 * escaped: no name, path or comment can add markup, HTML or a link of its own.
 */
export function toMarkdown(summary: FileSummary, linkOf: (line: SummaryLine) => string | undefined): string {
  const { displayPath, purpose, importedBy, lines, lineCount, languageId, approximate } = summary;
  const facts = [`${lineCount} lines`, languageId, ...(approximate ? ['outline by indentation'] : [])];
  const blocks = [
    `# ${codeSpan(displayPath)}`,
    `${prose(purpose.text)}${label(purpose.source)}`,
    facts.map(escapeText).join(', '),
    ...(importedBy.length > 0 && purpose.source !== 'derived'
      ? [`Imported by ${importedBy.map(codeSpan).join(', ')}`]
      : []),
    lines.map((line) => item(line, linkOf(line))).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function item(line: SummaryLine, link: string | undefined): string {
  const shown = codeSpan(line.signature || line.name);
  const name = link === undefined ? shown : `[${shown}](<${address(link)}>)`;
  const text = line.text === '' ? '' : `: ${prose(line.text)}${label(line.source)}`;
  return `${'  '.repeat(line.depth)}- ${name}${text}`;
}

function label(source: SummaryLine['source']): string {
  return source === 'generated' ? ' *(generated)*' : '';
}

/** Text between backquotes stays code; all else is escaped. */
function prose(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? codeSpan(part.slice(1, -1)) : escapeText(part)))
    .join('');
}

function escapeText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~!&$]/g, '\\$&')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replace(/(?<=\w):(?=\/\/)/g, '\\:')
    .replace(/www\./gi, (all) => `${all.slice(0, -1)}\\.`)
    .replace(/@/g, '\\@');
}

/** Code with a fence that is longer than any run of backquotes inside. */
function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim() || ' ';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function address(link: string): string {
  return link.replace(/[\s<>\\]/g, (unit) => encodeURIComponent(unit));
}
