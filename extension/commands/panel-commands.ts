import * as vscode from 'vscode';
import { openChat } from '../assistants/open-chat';
import { showHistory } from '../panel/history-picker';
import { parseRange } from '../panel/parse-values';
import { linesOf, placesOf } from '../panel/places';
import type { CommandHandlers, Services } from '../services';

/** Asking, summarising, and following what came of it. */
export function panelCommands({ panel, ask, places, history, summary, opener }: Services): CommandHandlers {
  return {
    'longview.ask': async (question?: unknown) => {
      await panel.show('ask', true);
      if (typeof question === 'string' && question.trim() !== '')
        await ask.ask({ question, places: [], leaveOut: [] });
    },
    'longview.askSelection': async () => {
      const [selection] = placesOf(vscode.window.activeTextEditor);
      await panel.show('ask', true);
      if (selection) panel.post({ type: 'compose', places: [selection] });
    },
    'longview.askPlace': async (uri?: unknown, all?: unknown) => {
      const uris = (Array.isArray(all) ? all : [uri]).filter((each) => each instanceof vscode.Uri);
      const named =
        uris.length > 0 ? await places.fromUris(uris) : placesOf(vscode.window.activeTextEditor).slice(-1);
      await panel.show('ask', true);
      panel.post({ type: 'compose', places: named });
    },
    'longview.newQuestion': async () => {
      ask.startAnew();
      await panel.show('ask', true);
    },
    'longview.questionHistory': () =>
      showHistory(history, async ({ id, turns }) => {
        await panel.show('ask');
        await ask.recall(id, turns);
      }),
    'longview.askInChat': () => openChat(),
    'longview.summarizeFile': (uri?: unknown) => summary.summarize(target(uri)),
    'longview.summarizeSelection': () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor) throw new Error(vscode.l10n.t('Open a file and select the lines to summarize.'));
      return summary.summarize(editor.document.uri, linesOf(editor.selection));
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
