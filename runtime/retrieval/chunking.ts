/**
 * Cuts a file into passages along its outline: a function, a method, a small class, a module's header, a section of
 * prose. What is too long is cut on, what is too short joins its neighbours; every line that is not blank lies in
 * exactly one chunk.
 */
import type { FileOutline, OutlineSymbol, SymbolKind } from '../protocol/outline';
import type { LineRange } from '../protocol/text';
import { windowsOf, type LineText } from './line-windows';

export interface Chunk {
  range: LineRange;
  /** "class Store › method put"; undefined outside of every symbol. */
  title?: string;
  /** Kind of the symbol that the chunk shows whole or begins; 'module' outside of every symbol. */
  kind: SymbolKind;
  /** The first of its symbols can be reached from outside the file. */
  exported: boolean;
  /** Names of the symbols that begin in the chunk. */
  symbols: string[];
  /** Documentation of these symbols. */
  doc: string;
  /** The lines, with LF. */
  text: string;
}

/** Bump when the same file would be cut otherwise: indexes made before are renewed. */
export const CHUNKING_VERSION = 3;

/** A symbol with members is kept whole up to this many lines. */
const WHOLE_CONTAINER_LINES = 40;
/** Anything else is kept whole up to this many lines. */
const WHOLE_LINES = 80;
/** Neighbours of fewer lines than this are joined up to `JOINED_LINES`. */
const SMALL_LINES = 6;
const JOINED_LINES = 30;

const CONTAINERS = new Set<SymbolKind>(['class', 'interface', 'namespace', 'module', 'enum', 'section']);

const ACTIONS = new Set<SymbolKind>(['function', 'method', 'constructor', 'class']);

interface Piece {
  range: LineRange;
  enclosing: readonly OutlineSymbol[];
  symbol?: OutlineSymbol;
}

/** `lines`: the file's lines without their ends. */
export function chunksOf(outline: FileOutline, lines: readonly string[]): Chunk[] {
  const source: LineText = { lines };
  const pieces = cut(outline.symbols, { startLine: 0, endLine: lines.length - 1 }, [], source);
  return join(pieces, source).flatMap((group) => toChunk(group, outline, source));
}

/** Pieces in the order of their lines, without overlap, covering `range` but for blank lines. */
function cut(
  symbols: readonly OutlineSymbol[],
  range: LineRange,
  enclosing: readonly OutlineSymbol[],
  source: LineText,
): Piece[] {
  const pieces: Piece[] = [];
  let next = range.startLine;
  const rest = (endLine: number) => {
    const gap = trimBlank({ startLine: next, endLine }, source);
    if (gap)
      pieces.push(...windowsOf(gap, WHOLE_LINES, source).map((window) => ({ range: window, enclosing })));
  };
  for (const symbol of [...symbols].sort((a, b) => a.range.startLine - b.range.startLine)) {
    // Outlines of broken code may overlap: what was taken stays taken.
    const startLine = Math.max(symbol.range.startLine, next);
    const endLine = Math.min(symbol.range.endLine, range.endLine);
    if (startLine > endLine) continue;
    rest(startLine - 1);
    pieces.push(...cutSymbol(symbol, { startLine, endLine }, enclosing, source));
    next = endLine + 1;
  }
  rest(range.endLine);
  return pieces;
}

function cutSymbol(
  symbol: OutlineSymbol,
  range: LineRange,
  enclosing: readonly OutlineSymbol[],
  source: LineText,
): Piece[] {
  const lines = range.endLine - range.startLine + 1;
  const container = CONTAINERS.has(symbol.kind) && symbol.children.length > 0;
  if (lines <= (container ? WHOLE_CONTAINER_LINES : WHOLE_LINES)) {
    const trimmed = trimBlank(range, source);
    return trimmed ? [{ range: trimmed, enclosing, symbol }] : [];
  }
  const within = [...enclosing, symbol];
  const members = container
    ? symbol.children
    : symbol.children.filter((child) => child.range.endLine - child.range.startLine > SMALL_LINES);
  const pieces = cut(members, range, within, source);
  // The first piece holds the symbol's own head.
  if (pieces[0] && !pieces[0].symbol) pieces[0] = { ...pieces[0], enclosing, symbol };
  return pieces;
}

function lineCount(range: LineRange): number {
  return range.endLine - range.startLine + 1;
}

/** Joins small neighbours of the same parent: one-line constants are no passages of their own. */
function join(pieces: readonly Piece[], source: LineText): Piece[][] {
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (
      group &&
      last &&
      parentOf(last) === parentOf(piece) &&
      isSmall(piece) &&
      isSmall(last) &&
      piece.range.endLine - group[0]!.range.startLine < JOINED_LINES
    ) {
      group.push(piece);
    } else if (trimBlank(piece.range, source)) {
      groups.push([piece]);
    }
  }
  return groups;
}

/** Functions stand alone, however short, unless they are one-liners. */
function isSmall({ range, symbol }: Piece): boolean {
  return lineCount(range) < (symbol && ACTIONS.has(symbol.kind) ? 3 : SMALL_LINES);
}

const parentOf = (piece: Piece) => piece.enclosing.at(-1);

function toChunk(group: readonly Piece[], outline: FileOutline, source: LineText): Chunk[] {
  const first = group[0]!;
  const range = { startLine: first.range.startLine, endLine: group.at(-1)!.range.endLine };
  const own = group.flatMap((piece) => piece.symbol ?? []);
  const whole = windowsOf(range, WHOLE_LINES, source);
  return whole.map((window, index) => {
    const shown = index === 0 ? own : [];
    const path = own.length === 1 ? [...first.enclosing, own[0]!] : first.enclosing;
    return {
      range: window,
      title: path.length > 0 ? path.map(titleOf).join(' › ') : undefined,
      kind: own.length === 1 && index === 0 ? own[0]!.kind : 'module',
      exported: shown[0]?.exported ?? false,
      symbols: shown.flatMap((symbol) => namesWithin(symbol, window)),
      doc: [window.startLine === 0 ? outline.doc : undefined, ...shown.map((symbol) => symbol.doc)]
        .filter(Boolean)
        .join('\n'),
      text: source.lines.slice(window.startLine, window.endLine + 1).join('\n'),
    };
  });
}

function titleOf(symbol: OutlineSymbol): string {
  return symbol.kind === 'section' ? symbol.name : `${symbol.kind} ${symbol.name}`;
}

/** Name of the symbol and of those within it that the window shows. */
function namesWithin(symbol: OutlineSymbol, window: LineRange): string[] {
  const shown = symbol.children.filter((child) => child.range.endLine <= window.endLine);
  return [symbol.name, ...shown.flatMap((child) => namesWithin(child, window))];
}

function trimBlank(range: LineRange, source: LineText): LineRange | undefined {
  let { startLine, endLine } = range;
  const blank = (line: number) => (source.lines[line] ?? '').trim() === '';
  while (startLine <= endLine && blank(startLine)) startLine++;
  while (endLine >= startLine && blank(endLine)) endLine--;
  return startLine > endLine ? undefined : { startLine, endLine };
}
