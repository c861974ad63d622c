import type { FileOutline, OutlineSymbol } from '../protocol/outline';
import { scanJson, unescape } from './json-scan';
import { countLines } from './lines';
import { headingsOf, outlineMarkdown } from './markdown';
import { nestSections, type Heading } from './sections';

/** One cell; `lines[i]` is the line of the file that holds line i of the cell's source. */
interface Cell {
  type: string;
  source: string;
  lines: number[];
}

const sizeLimit = 20_000_000;

/**
 * A Jupyter notebook: sections by the headings of its text cells, under them the symbols of its code cells.
 * Lines are those of the file's JSON, where each line of a cell has its own.
 */
export async function outlineNotebook(
  text: string,
  outlineOf: (text: string, languageId: string) => Promise<FileOutline>,
): Promise<FileOutline> {
  const { cells, language } = text.length <= sizeLimit ? cellsOf(text) : { cells: [], language: 'python' };
  const lineCount = countLines(text);
  const before: OutlineSymbol[] = [];
  const headings: Heading[] = [];
  const imports: FileOutline['imports'] = [];
  let doc: string | undefined;
  for (const cell of cells) {
    if (cell.type === 'markdown') {
      doc ??= outlineMarkdown(cell.source).doc;
      for (const heading of headingsOf(cell.source.split('\n')))
        headings.push({ ...heading, line: lineIn(cell, heading.line) });
    } else if (cell.type === 'code') {
      const outline = await outlineOf(withoutMagics(cell.source), language);
      imports.push(...outline.imports.map((each) => ({ ...each, line: lineIn(cell, each.line) })));
      const symbols = outline.symbols.map((symbol) => moved(symbol, cell));
      const heading = headings.at(-1);
      if (heading) heading.symbols = [...(heading.symbols ?? []), ...symbols];
      else before.push(...symbols);
    }
  }
  return {
    languageId: 'ipynb',
    lineCount,
    ...(doc ? { doc } : {}),
    imports,
    symbols: [...before, ...nestSections(headings, lineCount - 1)],
  };
}

function cellsOf(text: string): { cells: Cell[]; language: string } {
  const cells: Cell[] = [];
  let current: Cell = { type: '', source: '', lines: [] };
  let language = 'python';
  scanJson(text, 4, ({ path, kind, start, end, line }) => {
    if (path[0] === 'metadata' && kind === 'string') {
      const name = path.slice(1).join('.');
      if (name === 'kernelspec.language' || name === 'language_info.name')
        language = unescape(text.slice(start, end));
    }
    if (path[0] !== 'cells') return;
    if (path.length === 2) {
      cells.push(current);
      current = { type: '', source: '', lines: [] };
    } else if (kind === 'string' && path[2] === 'cell_type') current.type = unescape(text.slice(start, end));
    else if (kind === 'string' && path[2] === 'source')
      addSource(current, unescape(text.slice(start, end)), line);
  });
  return { cells, language: language.toLowerCase() };
}

function addSource(cell: Cell, piece: string, line: number): void {
  const rows = piece.split('\n').length - (piece.endsWith('\n') ? 1 : 0);
  for (let row = 0; row < rows; row++) cell.lines.push(line);
  cell.source += piece;
}

/** IPython's own lines (`%time`, `!pip`) are not Python: comments keep the line numbers. */
function withoutMagics(source: string): string {
  return source.startsWith('%%') ? '' : source.replace(/^\s*[%!?]/gm, '#');
}

function lineIn(cell: Cell, line: number): number {
  return cell.lines[line] ?? cell.lines.at(-1) ?? 0;
}

function moved(symbol: OutlineSymbol, cell: Cell): OutlineSymbol {
  return {
    ...symbol,
    range: { startLine: lineIn(cell, symbol.range.startLine), endLine: lineIn(cell, symbol.range.endLine) },
    nameLine: lineIn(cell, symbol.nameLine),
    children: symbol.children.map((child) => moved(child, cell)),
  };
}
