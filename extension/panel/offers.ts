import * as vscode from 'vscode';
import type { PanelView } from './panel-view';
import { placesOf } from './places';

const quietMs = 150;

/** Tells a panel that is in sight what is open in the editor, and what is selected there: places that can be asked about. */
export class Offers implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private told = '[]';

  constructor(private readonly panel: PanelView) {
    const soon = () => {
      if (!panel.isVisible) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tell(), quietMs);
    };
    this.listeners = [
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.window.onDidChangeTextEditorSelection(soon),
      panel.onMessage((message) => message.type === 'ready' && this.tell()),
    ];
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    clearTimeout(this.timer);
  }

  private tell(): void {
    const places = placesOf(vscode.window.activeTextEditor);
    const words = JSON.stringify(places);
    if (words === this.told) return;
    this.told = words;
    this.panel.post({ type: 'offers', places });
  }
}
