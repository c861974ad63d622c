import * as vscode from 'vscode';
import { CONTEXT_UNITS, type DocumentView } from '../../runtime/completion/document-view';
import { notebookFor } from './notebook';

/** The document around the cursor, as the completion pipeline takes it: no copy of the whole text. */
export function viewOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  selected?: vscode.SelectedCompletionInfo,
): DocumentView {
  const offset = document.offsetAt(position);
  const slice = (from: number, to: number) =>
    document.getText(new vscode.Range(document.positionAt(from), document.positionAt(to)));
  const notebook = notebookFor(document);
  return {
    uri: document.uri.toString(),
    version: document.version,
    offset,
    before: slice(Math.max(0, offset - CONTEXT_UNITS), offset),
    after: slice(offset, offset + CONTEXT_UNITS),
    ...(selected && { selected: { start: document.offsetAt(selected.range.start), text: selected.text } }),
    ...(notebook && { notebook }),
  };
}
