import * as vscode from 'vscode';
import type { FromWebview } from '../../runtime/protocol/webview';
import type { EngineClient } from '../engine/engine-client';
import type { LineOpener } from '../navigation/open-lines';
import type { StatusItem } from '../status/status-item';
import { switchOn } from '../settings/switch-on';
import { isProblem } from '../status/status-state';
import type { AskController } from './ask-controller';
import type { CompletionsController } from './completions-controller';
import type { PanelView } from './panel-view';
import type { SummaryController } from './summary-controller';

export interface PanelParts {
  panel: PanelView;
  engine: EngineClient;
  status: StatusItem;
  opener: LineOpener;
  ask: AskController;
  summary: SummaryController;
  completions: CompletionsController;
  run(job: () => Promise<unknown>): void;
}

/** Connects the page's messages with what they ask for, and keeps the page's status line true. */
export function connectPanel(parts: PanelParts): vscode.Disposable {
  const { panel, engine, status } = parts;
  const postStatus = () => {
    const { kind, sentence } = status.view;
    panel.post({
      type: 'status',
      status: engine.status,
      index: engine.indexStatus,
      ...(isProblem(kind) && { notice: { kind, text: sentence } }),
    });
  };
  postStatus();
  return vscode.Disposable.from(
    status.onDidChange(postStatus),
    panel.onMessage((message) => parts.run(() => answer(message, parts))),
  );
}

async function answer(message: FromWebview, parts: PanelParts): Promise<unknown> {
  const { engine, opener, ask, summary, completions } = parts;
  switch (message.type) {
    case 'ready':
      // Whoever opens the panel is about to ask: have the engine up by then.
      return engine.isAllowed && engine.state.kind === 'stopped' ? engine.ensureStarted() : undefined;
    case 'ask':
      return ask.ask(message.question);
    case 'cancel':
      return { ask, summary, completions }[message.what].cancel();
    case 'openCitation':
      return opener.open(message.path, message.range);
    case 'openLine':
      return opener.open(message.path, { startLine: message.line, endLine: message.endLine });
    case 'copyPassage':
      return ask.copy(message.number);
    case 'summarize':
      return vscode.commands.executeCommand('longview.summarizeFile');
    case 'exportSummary':
      return vscode.commands.executeCommand('longview.exportSummary');
    case 'requestCompletions':
      return vscode.commands.executeCommand('longview.showCompletions');
    case 'insertCompletion':
      return completions.insert(message.index);
    case 'switchOn':
      return switchOn(message.what === 'index' ? 'index.enabled' : 'enabled');
    case 'manageTrust':
      return vscode.commands.executeCommand('workbench.trust.manage');
    case 'command':
      return vscode.commands.executeCommand(`longview.${message.command}`);
  }
}
