import type * as vscode from 'vscode';
import { notebookOf } from '../engine/document-sync';
import { notebookContext } from './notebook-context';

/** The other cells of the notebook that a cell belongs to; undefined for documents that are no cells. */
export function notebookFor(document: vscode.TextDocument): { before: string; after: string } | undefined {
  const notebook = notebookOf(document);
  if (!notebook) return undefined;
  const cells = notebook.getCells();
  return notebookContext(
    cells.map((cell) => ({ languageId: cell.document.languageId, text: cell.document.getText() })),
    cells.findIndex((cell) => cell.document === document),
  );
}
