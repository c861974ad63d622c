import * as vscode from 'vscode';

const scheme = 'longview';

/** Read-only documents with what Longview reports: diagnostics, the list of indexed files. */
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly contents = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;

  readonly onDidChange = this.changes.event;

  constructor() {
    this.registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(
        ({ uri }) => uri.scheme === scheme && this.contents.delete(uri.path),
      ),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.contents.get(uri.path) ?? '';
  }

  /** @param name shown on the tab, with the extension that gives the language */
  async show(name: string, content: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.contents.set(uri.path, content);
    this.changes.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  dispose(): void {
    this.registrations.dispose();
    this.changes.dispose();
  }
}
