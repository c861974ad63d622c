import type { FileOutline, OutlineSymbol, SymbolKind } from '../protocol/outline';
import type { SummaryLine } from '../protocol/summaries';
import type { LineRange } from '../protocol/text';
import { firstSentence } from './first-sentence';

/** One line of a summary with what is needed to generate its text. */
export interface PlannedLine {
  line: SummaryLine;
  ownerName?: string;
  /** The symbol stands inside a function. */
  local: boolean;
}

/** A line for each symbol in order of the file, those with documentation already filled in. */
export function planLines(outline: FileOutline, range?: LineRange): PlannedLine[] {
  const planned: PlannedLine[] = [];
  const add = (symbols: readonly OutlineSymbol[], depth: number, owner?: OutlineSymbol): void => {
    for (const symbol of mergeDeclarations(symbols)) {
      if (range && (symbol.range.endLine < range.startLine || symbol.range.startLine > range.endLine))
        continue;
      const text = symbol.doc === undefined ? '' : firstSentence(symbol.doc);
      const { name, kind, signature, nameLine, exported } = symbol;
      const line: SummaryLine = {
        name,
        kind,
        signature,
        range: symbol.range,
        nameLine,
        exported,
        depth,
        text,
        source: text === '' ? 'none' : 'doc',
      };
      planned.push({ line, ownerName: owner?.name, local: owner !== undefined && isCallable(owner.kind) });
      add(symbol.children, depth + 1, symbol);
    }
  };
  add(outline.symbols, 0);
  return planned;
}

/** Overloads, and a property's getter and setter, are one symbol: its documentation may stand at either. */
export function mergeDeclarations(symbols: readonly OutlineSymbol[]): OutlineSymbol[] {
  const merged: OutlineSymbol[] = [];
  for (const symbol of symbols) {
    const before = merged.at(-1);
    const same =
      before?.name === symbol.name &&
      before.kind === symbol.kind &&
      (isCallable(symbol.kind) || symbol.kind === 'property');
    if (!before || !same) {
      merged.push(symbol);
      continue;
    }
    merged[merged.length - 1] = {
      ...before,
      doc: before.doc ?? symbol.doc,
      exported: before.exported || symbol.exported,
      range: { startLine: before.range.startLine, endLine: symbol.range.endLine },
      children: [...before.children, ...symbol.children],
    };
  }
  return merged;
}

/**
 * Whether a sentence of the model's is worth its time: a function of some size that carries no documentation. Of classes
 * and constructors the embedded model says little that is true, and special methods mean the same everywhere.
 */
export function wantsGeneratedText({ line, local }: PlannedLine): boolean {
  if (line.source !== 'none' || !(line.kind === 'function' || line.kind === 'method')) return false;
  const rows = line.range.endLine - line.range.startLine + 1;
  return rows >= (local ? 10 : 4) && !/^__\w+__$/.test(line.name);
}

/** Indices of the lines to generate, the most visible first: exported before hidden, outer before inner, large before small. */
export function generationOrder(planned: readonly PlannedLine[]): number[] {
  const rank = ({ line, local }: PlannedLine): number =>
    (local ? 4 : 0) + (line.exported ? 0 : 2) + Math.min(line.depth, 1);
  const rows = ({ line }: PlannedLine): number => line.range.endLine - line.range.startLine;
  return [...planned.entries()]
    .filter(([, each]) => wantsGeneratedText(each))
    .sort(([, a], [, b]) => rank(a) - rank(b) || rows(b) - rows(a))
    .map(([index]) => index);
}

function isCallable(kind: SymbolKind): boolean {
  return kind === 'function' || kind === 'method' || kind === 'constructor';
}
