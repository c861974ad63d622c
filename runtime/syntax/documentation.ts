import type { Node, Tree } from 'web-tree-sitter';
import type { OutlineSymbol, SymbolKind } from '../protocol/outline';
import { isDocComment } from './comments';
import { parse } from './grammars';
import { rulesOf } from './languages/registry';
import { normalizeText } from './lines';
import { outlineOf } from './outline';
import { childrenOf, field } from './rules';

/** A function, method or class and where its documentation stands. Offsets and lines count in the normalised text. */
export interface DocumentedSymbol {
  name: string;
  /** Names of the symbols around it, outermost first. */
  enclosing: string[];
  doc: string;
  /** Written as documentation in the way of its language, not as a remark that happens to stand there. */
  formal: boolean;
  startLine: number;
  endLine: number;
  /** Its comments and docstrings, in order; `needed`: without it the body would be empty. */
  places: { start: number; end: number; needed: boolean }[];
}

/** Languages whose documentation is marked by nothing but its place. */
const UNMARKED = new Set(['go', 'ruby']);

const KINDS = new Set<SymbolKind>(['function', 'method', 'constructor', 'class']);

/** In order of their lines; nothing for a language without a grammar. `text` is the normalised text that lines count in. */
export async function documentedSymbols(
  source: string,
  languageId: string,
): Promise<{ text: string; symbols: DocumentedSymbol[] }> {
  const text = normalizeText(source);
  const rules = rulesOf(languageId);
  const tree = rules && (await parse(text, languageId));
  if (!tree) return { text, symbols: [] };
  try {
    const { symbols } = await outlineOf(text, languageId);
    const comments = tree.rootNode.descendantsOfType([...rules.comments]).filter((node) => node !== null);
    const docstrings = languageId === 'python' ? docstringsByLine(tree) : new Map<number, Docstring>();
    const lines = text.split('\n');
    const found: DocumentedSymbol[] = [];
    const visit = (symbol: OutlineSymbol, enclosing: string[]) => {
      if (symbol.doc && KINDS.has(symbol.kind)) {
        const docstring = docstrings.get(symbol.nameLine);
        const above = comments.filter((node) => standsAbove(node, symbol, lines));
        const places = [
          ...above.map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex, needed: false })),
          ...(docstring ? [docstring] : []),
        ];
        const formal =
          docstring !== undefined ||
          UNMARKED.has(languageId) ||
          above.some((comment) => isDocComment(comment.text));
        const { name, doc } = symbol;
        if (places.length > 0) found.push({ name, enclosing, doc, formal, ...symbol.range, places });
      }
      for (const child of symbol.children) visit(child, [...enclosing, symbol.name]);
    };
    for (const symbol of symbols) visit(symbol, []);
    return { text, symbols: found.sort((a, b) => a.startLine - b.startLine) };
  } finally {
    tree.delete();
  }
}

/** Between the symbol's first line and its name, at the beginning of its line. */
function standsAbove(comment: Node, symbol: OutlineSymbol, lines: readonly string[]): boolean {
  const { row, column } = comment.startPosition;
  if (row < symbol.range.startLine || comment.endPosition.row > symbol.nameLine) return false;
  return row <= symbol.nameLine && (lines[row] ?? '').slice(0, column).trim() === '';
}

type Docstring = DocumentedSymbol['places'][number];

/** Python's docstrings by the line of the name that they document. */
function docstringsByLine(tree: Tree): Map<number, Docstring> {
  const found = new Map<number, Docstring>();
  for (const node of tree.rootNode.descendantsOfType(['function_definition', 'class_definition'])) {
    const body = node && field(node, 'body');
    const name = node && field(node, 'name');
    if (!body || !name) continue;
    const statements = childrenOf(body).filter(({ type }) => type !== 'comment');
    const first = statements[0];
    if (first?.type !== 'expression_statement' || first.namedChild(0)?.type !== 'string') continue;
    const needed = statements.length === 1;
    found.set(name.startPosition.row, { start: first.startIndex, end: first.endIndex, needed });
  }
  return found;
}
