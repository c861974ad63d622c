import * as vscode from 'vscode';
import type { LineRange } from '../../runtime/protocol/text';
import { parseRange } from '../panel/parse-message';
import type { CommandHandlers, Services } from '../services';

/** Asking, summarising, and following what came of it. */
export function panelCommands({ panel, ask, summary, opener }: Services): CommandHandlers {
  return {
    'longview.ask': async (question?: unknown) => {
      await panel.show('ask', true);
      if (typeof question === 'string' && question.trim() !== '') await ask.ask(question);
    },
    'longview.askSelection': async () => {
      const editor = vscode.window.activeTextEditor;
      const selected = editor?.document.getText(editor.selection).trim() ?? '';
      await panel.show('ask', true);
      if (selected)
        panel.post({ type: 'setQuestion', question: selected.replace(/\s+/g, ' ').slice(0, 400) });
    },
    'longview.summarizeFile': (uri?: unknown) => summary.summarize(target(uri)),
    'longview.summarizeSelection': () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor) throw new Error(vscode.l10n.t('Open a file and select the lines to summarize.'));
      return summary.summarize(editor.document.uri, selectedLines(editor.selection));
    },
    'longview.cancelSummary': () => summary.cancel(),
    'longview.exportSummary': () => summary.export(),
    'longview.openCitation': async (citation?: unknown) => {
      const { path, range } = (citation ?? {}) as { path?: unknown; range?: unknown };
      const lines = parseRange(range);
      if (typeof path !== 'string' || !lines)
        throw new Error(vscode.l10n.t('This link names no place in a file.'));
      await opener.open(path, lines);
    },
  };
}

/** The file that a menu was opened on, else the one in the active editor. */
function target(uri: unknown): vscode.Uri {
  if (uri instanceof vscode.Uri) return uri;
  const active = vscode.window.activeTextEditor?.document.uri ?? tabFile() ?? visibleFile();
  if (!active) throw new Error(vscode.l10n.t('Open the file to summarize.'));
  return active;
}

/** A file whose tab shows no text, such as a binary one: the engine says why it cannot be summarised. */
function tabFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}

/** With the panel focused there is no active text editor, though one may well be in sight. */
function visibleFile(): vscode.Uri | undefined {
  return vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'file')?.document
    .uri;
}

function selectedLines(selection: vscode.Selection): LineRange {
  // A selection of whole lines ends at the start of the next one.
  const endsBefore = selection.end.character === 0 && selection.end.line > selection.start.line;
  return { startLine: selection.start.line, endLine: selection.end.line - (endsBefore ? 1 : 0) };
}
