import * as vscode from 'vscode';
import { CursorMoved } from '../../runtime/protocol/methods';
import { notebookFor } from '../completion/notebook';
import type { Settings } from '../settings/settings';
import type { DocumentSync } from './document-sync';
import type { EngineClient } from './engine-client';

/** The cursor rests: longer than the gap between two keys, shorter than the look around after a jump. */
const restMs = 300;

/**
 * Tells a running engine where the cursor comes to rest, so that what a suggestion there needs is read before it is asked for.
 * Starts nothing, and holds no timer while nothing moves.
 */
export class CursorWatcher implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: EngineClient,
    private readonly documents: DocumentSync,
    private readonly settings: Settings,
  ) {
    const later = () => this.later();
    this.listeners = [
      vscode.window.onDidChangeTextEditorSelection(later),
      vscode.window.onDidChangeActiveTextEditor(later),
      // What is on the screen when the engine starts is where the first key will be.
      engine.onConnected(() => this.tell()),
    ];
  }

  dispose(): void {
    this.listeners.forEach((listener) => listener.dispose());
    clearTimeout(this.timer);
  }

  private later(): void {
    clearTimeout(this.timer);
    if (this.engine.pid !== undefined) this.timer = setTimeout(() => this.tell(), restMs);
  }

  private tell(): void {
    clearTimeout(this.timer);
    const editor = vscode.window.activeTextEditor;
    if (!editor || editor.selections.length > 1 || !this.isWanted(editor.document)) return;
    if (!this.documents.ensureOpen(editor.document)) return;
    const { document, selection } = editor;
    const notebook = notebookFor(document);
    this.engine.notify(CursorMoved, {
      uri: document.uri.toString(),
      version: document.version,
      offset: document.offsetAt(selection.active),
      ...(notebook && { notebook }),
    });
  }

  private isWanted(document: vscode.TextDocument): boolean {
    return (
      this.settings.get('backgroundReading') === 'idle' &&
      this.settings.get('completion.trigger', document) !== 'off'
    );
  }
}
