import type { LineRange } from './text';

export type SymbolKind =
  | 'module'
  | 'namespace'
  | 'class'
  | 'interface'
  | 'enum'
  | 'type'
  | 'function'
  | 'method'
  | 'constructor'
  | 'property'
  | 'constant'
  | 'variable'
  | 'section';

/** A named thing in a file. Built from a syntax tree; children are nested symbols in order of their lines. */
export interface OutlineSymbol {
  name: string;
  kind: SymbolKind;
  /** All lines of the symbol, its own leading documentation included. */
  range: LineRange;
  /** Line of the name itself. */
  nameLine: number;
  /** Text of the declaration without its body, on one line. */
  signature: string;
  exported: boolean;
  /** The symbol's own documentation, comment marks removed. */
  doc?: string;
  children: OutlineSymbol[];
}

export interface ImportReference {
  /** As written: './x', 'node:fs', 'package.module'. */
  source: string;
  names: string[];
  line: number;
}

export interface FileOutline {
  languageId: string;
  lineCount: number;
  /** The file's own leading documentation, licence headers left out. */
  doc?: string;
  imports: ImportReference[];
  symbols: OutlineSymbol[];
}
