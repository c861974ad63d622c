import type { FileOutline, OutlineSymbol, SymbolKind } from '../protocol/outline';
import type { FileSummary } from '../protocol/summaries';
import { sentences } from './first-sentence';

type Purpose = FileSummary['purpose'];

/** The file's own leading documentation; without one, a plain sentence of what it holds and who imports it. */
export function purposeOf(outline: FileOutline, importedBy: readonly string[]): Purpose {
  const own = outline.doc === undefined ? '' : sentences(outline.doc, 2, 400);
  return own === ''
    ? { text: derivedPurpose(outline, importedBy), source: 'derived' }
    : { text: own, source: 'doc' };
}

/** Names shown before "and N more". */
const shown = 4;

export function derivedPurpose(outline: FileOutline, importedBy: readonly string[]): string {
  const parts = [contentSentence(outline), importSentence(importedBy)].filter((part) => part !== '');
  return parts.join(' ');
}

function contentSentence(outline: FileOutline): string {
  const { symbols, languageId, lineCount } = outline;
  if (lineCount === 0) return 'An empty file.';
  if (symbols.length === 0)
    return outline.imports.length > 0
      ? `Defines no names of its own; imports ${list(unique(outline.imports.map((each) => each.source)))}.`
      : 'No symbols found.';
  if (languageId === 'markdown')
    return `A document with the sections ${list(symbols.flatMap(topSections).map((each) => each.name))}.`;
  if (['json', 'jsonc', 'yaml'].includes(languageId))
    return `Data with the keys ${list(symbols.map((each) => each.name))}.`;
  if (symbols.every((each) => each.kind === 'section'))
    return `${testWords.test(symbols[0]?.signature ?? '') ? 'Tests' : 'Sections'}: ${list(symbols.map((each) => each.name))}.`;
  const exported = symbols.filter((each) => each.exported);
  const main = exported.length > 0 ? exported : symbols;
  const verb = exported.length > 0 ? 'Exports' : 'Defines';
  return `${verb} ${describe(main)}${exported.length > 0 ? '' : ' for its own use'}.`;
}

const testWords = /^(?:describe|suite|test|it|context)\b/;

/** A title that stands alone is the document's; its sections say more. */
function topSections(
  symbol: OutlineSymbol,
  _index: number,
  all: readonly OutlineSymbol[],
): readonly OutlineSymbol[] {
  return all.length === 1 && symbol.children.length > 0 ? symbol.children : [symbol];
}

/** "the class A, the functions b and c, and 4 more": largest first within a kind, kinds in order of weight. */
function describe(symbols: readonly OutlineSymbol[]): string {
  const byKind = new Map<SymbolKind, string[]>();
  const order = [...symbols].sort((a, b) => weight(a.kind) - weight(b.kind) || rows(b) - rows(a));
  const names = unique(order.map((each) => each.name));
  for (const name of names.slice(0, shown)) {
    const kind = order.find((each) => each.name === name)?.kind ?? 'variable';
    byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
  }
  const groups = [...byKind].map(
    ([kind, own]) => `the ${own.length > 1 ? plural(kind) : kind} ${join(own.map(code))}`,
  );
  const rest = names.length - shown;
  if (rest <= 0) return join(groups);
  return groups.length === 1
    ? `${groups[0]?.replace(' and ', ', ')} and ${rest} more`
    : `${groups.join(', ')}, and ${rest} more`;
}

function importSentence(importedBy: readonly string[]): string {
  if (importedBy.length === 0) return '';
  return `Imported by ${importedBy.length === 1 ? '' : `${importedBy.length} files: `}${list(importedBy)}.`;
}

function list(items: readonly string[]): string {
  const rest = items.length - shown;
  return join([...items.slice(0, shown).map(code), ...(rest > 0 ? [`${rest} more`] : [])]);
}

function join(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function code(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``;
}

function weight(kind: SymbolKind): number {
  const order: SymbolKind[] = [
    'class',
    'namespace',
    'module',
    'function',
    'interface',
    'enum',
    'type',
    'constant',
    'variable',
  ];
  const at = order.indexOf(kind);
  return at < 0 ? order.length : at;
}

function rows(symbol: OutlineSymbol): number {
  return symbol.range.endLine - symbol.range.startLine;
}

function plural(kind: SymbolKind): string {
  return kind === 'class' ? 'classes' : kind === 'property' ? 'properties' : `${kind}s`;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
