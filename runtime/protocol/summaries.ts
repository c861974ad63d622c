import type { LineRange } from './text';
import type { SymbolKind } from './outline';

/** Where a summary line's text comes from; `generated` is labelled as such wherever it is shown. */
export type SummarySource = 'doc' | 'generated' | 'derived' | 'none';

export interface SummaryLine {
  name: string;
  kind: SymbolKind;
  signature: string;
  range: LineRange;
  nameLine: number;
  exported: boolean;
  depth: number;
  text: string;
  source: SummarySource;
}

export interface FileSummary {
  path: string;
  displayPath: string;
  languageId: string;
  lineCount: number;
  contentHash: string;
  purpose: { text: string; source: SummarySource };
  /** Workspace files that import this one, relative paths; empty while the index does not know. */
  importedBy: string[];
  lines: SummaryLine[];
  cost: { tokensRead: number; tokensGenerated: number; generatedLines: number; ms: number };
  /** The outline came from indentation alone, since no grammar knows the language. */
  approximate: boolean;
}

export interface SummarizeRequest {
  path: string;
  /** Text in the editor where it differs from the file on disk. */
  text?: string;
  languageId?: string;
  /** Only symbols that touch these lines. */
  range?: LineRange;
  /**
   * The summary goes to another program: `path` may be relative then, and files that lie outside of the workspace or that its
   * rules leave out are refused.
   */
  forOthers?: boolean;
}

/** Sent while a summary is made: first the whole outline with what needs no model, then one line after the other. */
export type SummaryProgress =
  | { stage: 'outline'; summary: FileSummary; toGenerate: number }
  | { stage: 'line'; index: number; line: SummaryLine; done: number; total: number };
