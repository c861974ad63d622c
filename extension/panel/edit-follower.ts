import * as vscode from 'vscode';
import type { PassageNow } from '../../runtime/protocol/conversation';
import { allowedPath } from '../navigation/allowed-path';
import { passageNow, type Conversation, type HeldTurn } from './conversation';
import type { PanelView } from './panel-view';

/** Milliseconds without an edit before places are looked up again. */
const quietMs = 300;

/** Tells the panel where its passages stand when their files are edited, so that what it shows stays true. */
export class EditFollower implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private readonly edited = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly conversation: Conversation,
    private readonly panel: PanelView,
  ) {
    this.listeners = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.isQuoted(document.uri.fsPath)) this.soon([document.uri.fsPath]);
      }),
      // The engine has quoted files as they were saved; the editor may be ahead of that.
      conversation.onDidAnswer(({ response }) => {
        const quoted = new Set(response?.passages.map(({ citation }) => citation.path));
        const ahead = openFiles().filter(({ isDirty, uri }) => isDirty && quoted.has(uri.fsPath));
        if (ahead.length > 0) this.soon(ahead.map(({ uri }) => uri.fsPath));
      }),
    ];
  }

  /** Looks up all passages of the conversation, those of files that are not open on disk: some may be long gone. */
  async lookUp(): Promise<void> {
    for (const turn of this.conversation.turns) {
      const passages = turn.response?.passages ?? [];
      const texts = new Map<string, string>();
      for (const { path } of passages.map(({ citation }) => citation))
        if (!texts.has(path)) texts.set(path, await textOf(path));
      this.tell(
        turn,
        passages.map((passage) => passageNow(passage, texts.get(passage.citation.path) ?? '')),
      );
    }
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    clearTimeout(this.timer);
  }

  private isQuoted(path: string): boolean {
    return this.conversation.turns.some(({ response }) =>
      response?.passages.some(({ citation }) => citation.path === path),
    );
  }

  private soon(paths: readonly string[]): void {
    for (const path of paths) this.edited.add(path);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.follow(), quietMs);
  }

  private follow(): void {
    const edited = new Set(this.edited);
    this.edited.clear();
    for (const turn of this.conversation.turns) {
      const quoted = turn.response?.passages ?? [];
      if (!quoted.some(({ citation }) => edited.has(citation.path))) continue;
      // Files that are not open are as they were when they were looked at last, or are looked at when their link is followed.
      const now = quoted.map((passage) => {
        const document = openFile(passage.citation.path);
        return document
          ? passageNow(passage, document.getText())
          : turn.now?.find(({ number }) => number === passage.number);
      });
      this.tell(
        turn,
        now.filter((passage) => passage !== undefined),
      );
    }
  }

  private tell(turn: HeldTurn, passages: PassageNow[]): void {
    turn.now = passages;
    this.panel.post({ type: 'passagesNow', id: turn.id, passages });
  }
}

const openFiles = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'file');
const openFile = (path: string) => openFiles().find(({ uri }) => uri.fsPath === path);

/** As the editor has it, else as it is on disk; nothing where it is gone or out of reach. */
async function textOf(path: string): Promise<string> {
  const allowed = allowedPath(path);
  if (allowed === undefined) return '';
  const open = openFile(path);
  if (open) return open.getText();
  return vscode.workspace.fs.readFile(vscode.Uri.file(allowed)).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
}
