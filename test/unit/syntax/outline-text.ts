import type { OutlineSymbol } from '../../../runtime/protocol/outline';
import type { Outline } from '../../../runtime/syntax';

/** An outline as text for golden files. Lines are counted from 1, as in an editor; `+` marks what is exported. */
export function outlineText(outline: Outline): string {
  const lines = [
    `${outline.languageId}, ${outline.lineCount} lines${outline.approximate ? ', approximate' : ''}`,
    `doc: ${quote(outline.doc)}`,
    ...outline.imports.map((each) => `import ${each.source} {${each.names.join(', ')}} at ${each.line + 1}`),
    ...outline.symbols.flatMap((symbol) => symbolLines(symbol, 0)),
  ];
  return `${lines.join('\n')}\n`;
}

function symbolLines(symbol: OutlineSymbol, depth: number): string[] {
  const { name, kind, range, nameLine, signature, exported, doc, children } = symbol;
  const where = `${range.startLine + 1}-${range.endLine + 1} @${nameLine + 1}`;
  const own = `${'  '.repeat(depth)}${exported ? '+' : '-'} ${kind} ${name} (${where}) ${signature}`;
  const documented = doc === undefined ? [own] : [own, `${'  '.repeat(depth)}    "${quote(doc)}"`];
  return [...documented, ...children.flatMap((child) => symbolLines(child, depth + 1))];
}

function quote(text: string | undefined): string {
  return text === undefined ? 'none' : text.replaceAll('\n', '\\n');
}
