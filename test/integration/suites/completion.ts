import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { completeByHand, longview, openUntitled, setSetting, unfinished } from '../lib/support';
import type { IntegrationTest } from '../suite';

export const tests: readonly IntegrationTest[] = [
  {
    name: 'an untitled document is completed',
    timeoutMs: 90_000,
    run: async () => {
      await longview();
      const editor = await openUntitled('typescript', unfinished);
      const written = await completeByHand(editor, 60_000);
      assert.match(written, /first\s*-\s*second/);
    },
  },
  {
    name: 'a notebook cell is completed',
    timeoutMs: 90_000,
    run: async () => {
      await longview();
      const cell = (text: string) =>
        new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python');
      const notebook = await vscode.workspace.openNotebookDocument(
        'jupyter-notebook',
        new vscode.NotebookData([
          cell('def area(width, height):\n    return width * height\n'),
          cell('def perimeter(width, height):\n    return '),
        ]),
      );
      const shown = await vscode.window.showNotebookDocument(notebook, {
        selections: [new vscode.NotebookRange(1, 2)],
      });
      await vscode.commands.executeCommand('notebook.cell.edit');
      const editor = vscode.window.activeTextEditor;
      assert.ok(editor && shown, 'no cell is being edited');
      assert.equal(editor.document.uri.scheme, 'vscode-notebook-cell');
      const end = editor.document.positionAt(editor.document.getText().length);
      editor.selection = new vscode.Selection(end, end);
      assert.match(await completeByHand(editor, 60_000), /width|height/);
    },
  },
  {
    name: 'an unknown setting value counts as the default',
    timeoutMs: 90_000,
    run: async () => {
      await longview();
      await setSetting('completion.eagerness', 'ferocious');
      try {
        const editor = await openUntitled('typescript', unfinished);
        assert.notEqual(await completeByHand(editor, 60_000), '');
      } finally {
        await setSetting('completion.eagerness', undefined);
      }
    },
  },
];
