import type { FileOutline, OutlineSymbol, SymbolKind } from '../protocol/outline';
import { commentProse } from './comments';
import { clip, countLines, oneLine } from './lines';

/** Lines longer than this are data or minified code: nothing is looked for in them. */
const lineLimit = 500;
const symbolLimit = 5000;

const kinds: Record<string, SymbolKind> = {
  class: 'class',
  struct: 'class',
  object: 'class',
  record: 'class',
  protocol: 'interface',
  interface: 'interface',
  trait: 'interface',
  enum: 'enum',
  type: 'type',
  typealias: 'type',
  module: 'module',
  defmodule: 'module',
  namespace: 'namespace',
  package: 'namespace',
};
const modifiers =
  /^(?:(?:export|default|public|private|protected|internal|open|abstract|final|sealed|static|override|suspend|async|inline|local|pub|data|unsafe|extern)\s+)*/;
const keyword =
  /^(function|func|fun|fn|def|defp|defmodule|sub|proc|procedure|class|struct|object|record|protocol|interface|trait|enum|type|typealias|module|namespace|package|macro|message|service|task)\s+([\p{L}_$][\p{L}\p{N}_$.:]*)/u;
const shellFunction = /^([\w-]+)\s*\(\)\s*\{?\s*$/;
const section = /^\[{1,2}([^[\]]+)\]{1,2}\s*$/;
const comment = /^\s*(?:\/\/|#(?!\[)|--|;|"(?=\s)|%)/;

/**
 * An outline without a grammar: lines that begin like a declaration in most languages, and `[section]` heads. Each reaches
 * to the last line that is indented deeper (a closing bracket included); they nest by indentation.
 */
export function outlineByIndentation(text: string, languageId: string): FileOutline {
  const lines = text.split('\n', 200_000);
  const symbols: OutlineSymbol[] = [];
  const open: { indent: number; symbol: OutlineSymbol }[] = [];
  let count = 0;
  for (const [line, raw] of lines.entries()) {
    if (raw.length > lineLimit || raw.trim() === '') continue;
    const indent = widthOf(raw);
    const isSection = section.test(raw);
    const closes = /^\s*(?:[})\]]|end\b|esac\b|fi\b|done\b)/.test(raw);
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) {
      const ended = open.pop();
      if (ended && closes && ended.indent === indent) ended.symbol.range.endLine = line;
    }
    if (!isSection) for (const each of open) each.symbol.range.endLine = line;
    const symbol = count < symbolLimit ? symbolAt(raw, line, lines) : undefined;
    if (!symbol) continue;
    count++;
    if (symbol.kind === 'section') open.length = 0;
    (open.at(-1)?.symbol.children ?? symbols).push(symbol);
    // Sections are written without indentation: what follows belongs to them although it stands as far left.
    if (symbol.kind === 'section') open.push({ indent: -1, symbol });
    else open.push({ indent, symbol });
  }
  return { languageId, lineCount: countLines(text), imports: [], symbols };
}

function symbolAt(raw: string, line: number, lines: readonly string[]): OutlineSymbol | undefined {
  const text = raw.trim();
  const bare = text.replace(modifiers, '');
  const found = keyword.exec(bare);
  const name = found?.[2] ?? shellFunction.exec(text)?.[1];
  const heading = name === undefined ? section.exec(text)?.[1] : undefined;
  if (name === undefined && heading === undefined) return undefined;
  const above = commentsAbove(lines, line);
  const doc = commentProse(above);
  return {
    name: name ?? heading?.trim() ?? '',
    kind: heading !== undefined ? 'section' : (kinds[found?.[1] ?? ''] ?? 'function'),
    range: { startLine: line - above.length, endLine: line },
    nameLine: line,
    signature: clip(oneLine(text).replace(/\s*[{:=]$/, ''), 240),
    exported: !/^(?:private|protected|local|defp)\b/.test(text),
    ...(doc ? { doc } : {}),
    children: [],
  };
}

function commentsAbove(lines: readonly string[], line: number): string[] {
  let from = line;
  while (
    from > 0 &&
    line - from < 40 &&
    comment.test(lines[from - 1] ?? '') &&
    (lines[from - 1]?.length ?? 0) <= lineLimit
  )
    from--;
  return lines.slice(from, line).map((each) => each.trim());
}

function widthOf(line: string): number {
  let width = 0;
  for (const unit of line) {
    if (unit === '\t') width += 4;
    else if (unit === ' ') width++;
    else break;
  }
  return width;
}
