/** Offsets and lengths are UTF-16 code units, as in JavaScript strings and in VS Code. Lines count from 0. */

export interface Position {
  line: number;
  character: number;
}

/** Whole lines, both ends included, from 0. */
export interface LineRange {
  startLine: number;
  endLine: number;
}

/** Replaces `length` units at `offset` by `text`. Several are applied one after the other. */
export interface TextEdit {
  offset: number;
  length: number;
  text: string;
}

/** An open document, as the editor shows it. */
export interface TextDocumentItem {
  uri: string;
  /** Absolute path where the document is a file on disk. */
  path?: string;
  /** Path as the model reads it in its header: relative to the workspace folder, with forward slashes. */
  displayPath: string;
  languageId: string;
  version: number;
  text: string;
}
