import * as vscode from 'vscode';
import type { LineRange } from '../../runtime/protocol/text';
import { allowedPath } from './allowed-path';
import { highlightedLines } from './highlighted-lines';

/**
 * Opens files at exact lines and marks these until the next jump, the next click or the file's close: a line at the left
 * and in the overview ruler along all of them, and a background behind the first few. The marks are decorations, so they
 * move with the text when the file is edited.
 */
export class LineOpener implements vscode.Disposable {
  private readonly highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly extent = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: new vscode.ThemeColor('focusBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 0 2px',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private marked: vscode.TextEditor | undefined;
  private readonly listener: vscode.Disposable;

  constructor() {
    this.listener = vscode.window.onDidChangeTextEditorSelection((event) => {
      if (event.textEditor === this.marked && event.kind === vscode.TextEditorSelectionChangeKind.Mouse)
        this.clear();
    });
  }

  /**
   * @param place lines from 0, both ends included, or what finds them in the text; clamped to the file as it is now
   * @throws Error with a sentence when the path lies outside the workspace or cannot be opened
   */
  async open(
    path: string,
    place: LineRange | ((document: vscode.TextDocument) => LineRange),
    options: { preserveFocus?: boolean } = {},
  ): Promise<void> {
    const allowed = allowedPath(path);
    if (allowed === undefined) throw new Error(vscode.l10n.t('{0} lies outside this workspace.', path));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(allowed));
    const range = typeof place === 'function' ? place(document) : place;
    const lines = document.validateRange(
      new vscode.Range(range.startLine, 0, range.endLine, Number.MAX_SAFE_INTEGER),
    );
    const editor = await vscode.window.showTextDocument(document, {
      selection: new vscode.Range(lines.start, lines.start),
      preserveFocus: options.preserveFocus ?? false,
      preview: true,
    });
    editor.revealRange(lines, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.clear();
    const highlighted = highlightedLines({ startLine: lines.start.line, endLine: lines.end.line });
    editor.setDecorations(this.extent, [lines]);
    editor.setDecorations(this.highlight, [
      document.validateRange(
        new vscode.Range(highlighted.startLine, 0, highlighted.endLine, Number.MAX_SAFE_INTEGER),
      ),
    ]);
    this.marked = editor;
  }

  dispose(): void {
    this.listener.dispose();
    this.highlight.dispose();
    this.extent.dispose();
  }

  private clear(): void {
    this.marked?.setDecorations(this.highlight, []);
    this.marked?.setDecorations(this.extent, []);
    this.marked = undefined;
  }
}
