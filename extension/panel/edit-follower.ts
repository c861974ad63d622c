import * as vscode from 'vscode';
import { passageNow, type Conversation } from './conversation';
import type { PanelView } from './panel-view';

/** Milliseconds without an edit before places are looked up again. */
const quietMs = 300;

/** Tells the panel where its passages stand when their files are edited, so that what it shows stays true. */
export class EditFollower implements vscode.Disposable {
  private readonly listener: vscode.Disposable;
  private readonly edited = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly conversation: Conversation,
    private readonly panel: PanelView,
  ) {
    this.listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || !this.isQuoted(document.uri.fsPath)) return;
      this.edited.add(document.uri.fsPath);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.follow(), quietMs);
    });
  }

  dispose(): void {
    this.listener.dispose();
    clearTimeout(this.timer);
  }

  private isQuoted(path: string): boolean {
    return this.conversation.turns.some(({ response }) =>
      response?.passages.some(({ citation }) => citation.path === path),
    );
  }

  private follow(): void {
    const edited = new Set(this.edited);
    this.edited.clear();
    for (const { id, response } of this.conversation.turns) {
      const quoted = response?.passages ?? [];
      if (!quoted.some(({ citation }) => edited.has(citation.path))) continue;
      // Files that are not open are as they were when they were quoted, or are looked at when their link is followed.
      const passages = quoted.flatMap((passage) => {
        const document = vscode.workspace.textDocuments.find(
          ({ uri }) => uri.scheme === 'file' && uri.fsPath === passage.citation.path,
        );
        return document ? [passageNow(passage, document)] : [];
      });
      this.panel.post({ type: 'passagesNow', id, passages });
    }
  }
}
