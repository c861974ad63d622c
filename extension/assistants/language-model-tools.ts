import * as vscode from 'vscode';
import { Ask, Summarize } from '../../runtime/protocol/methods';
import type { EngineClient } from '../engine/engine-client';
import { section, type Settings } from '../settings/settings';
import { searchToolInput, summaryToolInput } from './tool-input';
import { searchToolText, summaryToolText } from './tool-text';

/** What other assistants may call while `longview.tools.enabled` is on, which it is not by itself. */
export function registerLanguageModelTools(engine: EngineClient, settings: Settings): vscode.Disposable {
  let tools: vscode.Disposable | undefined;
  const update = () => {
    const wanted = settings.get('tools.enabled') && settings.enabled;
    if (wanted) tools ??= vscode.Disposable.from(searchTool(engine), summaryTool(engine));
    else {
      tools?.dispose();
      tools = undefined;
    }
  };
  update();
  const watcher = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) update();
  });
  return new vscode.Disposable(() => {
    watcher.dispose();
    tools?.dispose();
  });
}

function searchTool(engine: EngineClient): vscode.Disposable {
  const { l10n } = vscode;
  return vscode.lm.registerTool('longview_search', {
    prepareInvocation: ({ input }) => ({
      invocationMessage: l10n.t('Searching the workspace with Longview'),
      confirmationMessages: {
        title: l10n.t('Search the workspace with Longview?'),
        message: leaves(l10n.t('Passages that answer: {0}', searchToolInput(input).question)),
      },
    }),
    invoke: async ({ input }, token) => {
      const { question, limit } = searchToolInput(input);
      const response = await engine.request(Ask, { question, folders: [], limit }, token);
      return result(searchToolText(response, l10n.t));
    },
  });
}

function summaryTool(engine: EngineClient): vscode.Disposable {
  const { l10n } = vscode;
  return vscode.lm.registerTool('longview_summarize', {
    prepareInvocation: ({ input }) => ({
      invocationMessage: l10n.t('Summarizing {0} with Longview', summaryToolInput(input).path),
      confirmationMessages: {
        title: l10n.t('Summarize a file with Longview?'),
        message: leaves(l10n.t('The outline of: {0}', summaryToolInput(input).path)),
      },
    }),
    invoke: async ({ input }, token) => {
      const { path } = summaryToolInput(input);
      const summary = await engine.request(Summarize, { path, forOthers: true }, token);
      return result(summaryToolText(summary, l10n.t));
    },
  });
}

/** Said each time, since it is the one way on which text of files leaves Longview. */
function leaves(what: string): string {
  return `${what}\n\n${vscode.l10n.t('Longview works on this machine. What it finds is text of your files: it goes to the assistant that asks, and wherever that sends it.')}`;
}

function result(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
