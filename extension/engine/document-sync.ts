import * as vscode from 'vscode';
import { DocumentChanged, DocumentClosed, DocumentOpened } from '../../runtime/protocol/methods';
import type { TextDocumentItem } from '../../runtime/protocol/text';
import { isForEngine, isReadScheme } from './document-filter';
import { headerPath } from './document-paths';
import { toTextEdits } from './edits';
import type { EngineClient } from './engine-client';

/**
 * Keeps the engine's copies of documents in step: opened when one becomes visible or is asked about, then changed by
 * edits alone. While no engine runs this does nothing; a start opens anew what is visible.
 */
export class DocumentSync implements vscode.Disposable {
  private readonly open = new Set<string>();
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly engine: EngineClient) {
    this.listeners = [
      engine.onConnected(() => this.reopen()),
      engine.onState((state) => state.kind !== 'running' && this.open.clear()),
      vscode.window.onDidChangeVisibleTextEditors((editors) =>
        editors.forEach(({ document }) => this.ensureOpen(document)),
      ),
      vscode.workspace.onDidOpenTextDocument((document) => this.onOpened(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.onChanged(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.close(document)),
    ];
  }

  /** @returns whether the engine holds the document now */
  ensureOpen(document: vscode.TextDocument): boolean {
    if (this.engine.pid === undefined || document.isClosed || !this.isWanted(document)) return false;
    const uri = document.uri.toString();
    if (!this.open.has(uri)) {
      this.open.add(uri);
      this.engine.notify(DocumentOpened, documentItem(document));
    }
    return true;
  }

  dispose(): void {
    this.listeners.forEach((listener) => listener.dispose());
  }

  private reopen(): void {
    this.open.clear();
    for (const { document } of vscode.window.visibleTextEditors) this.ensureOpen(document);
  }

  private onOpened(document: vscode.TextDocument): void {
    // A change of language closes and opens the document; its editor stays visible all along.
    if (vscode.window.visibleTextEditors.some((editor) => editor.document === document))
      this.ensureOpen(document);
  }

  private onChanged({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    if (contentChanges.length === 0 || !this.open.has(uri)) return;
    if (!this.isWanted(document)) return this.close(document);
    this.engine.notify(DocumentChanged, {
      uri,
      version: document.version,
      edits: toTextEdits(contentChanges),
    });
  }

  private close(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (this.open.delete(uri)) this.engine.notify(DocumentClosed, { uri });
  }

  private isWanted(document: vscode.TextDocument): boolean {
    if (!isReadScheme(document.uri.scheme)) return false;
    const languages = this.engine.status?.model.languages;
    return isForEngine(
      { scheme: document.uri.scheme, languageId: document.languageId, length: documentLength(document) },
      languages?.length ? languages : undefined,
    );
  }
}

/** UTF-16 units, without making a copy of the text. */
export function documentLength(document: vscode.TextDocument): number {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}

function documentItem(document: vscode.TextDocument): TextDocumentItem {
  const { scheme } = document.uri;
  const kind = scheme === 'untitled' ? 'untitled' : scheme === 'vscode-notebook-cell' ? 'cell' : 'file';
  const onDisk = kind === 'cell' ? notebookOf(document)?.uri : document.uri;
  return {
    uri: document.uri.toString(),
    ...(onDisk?.scheme === 'file' && { path: onDisk.fsPath }),
    displayPath: headerPath(relativePath(onDisk ?? document.uri), document.languageId, kind),
    languageId: document.languageId,
    version: document.version,
    text: document.getText(),
  };
}

export function relativePath(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some((cell) => cell.document === document),
  );
}
