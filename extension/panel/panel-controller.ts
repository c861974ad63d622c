import * as vscode from 'vscode';
import { slashCommandOf, type Place } from '../../runtime/protocol/conversation';
import type { FromWebview } from '../../runtime/protocol/webview';
import type { EngineClient } from '../engine/engine-client';
import { allowedPath } from '../navigation/allowed-path';
import type { LineOpener } from '../navigation/open-lines';
import type { StatusItem } from '../status/status-item';
import { switchOn } from '../settings/switch-on';
import { isProblem } from '../status/status-state';
import type { AnswerActions } from './answer-actions';
import type { AskController } from './ask-controller';
import type { CompletionsController } from './completions-controller';
import type { EditFollower } from './edit-follower';
import type { PanelView } from './panel-view';
import { pickPlace } from './place-picker';
import type { Places } from './places';
import type { SummaryController } from './summary-controller';

export interface PanelParts {
  panel: PanelView;
  engine: EngineClient;
  status: StatusItem;
  opener: LineOpener;
  ask: AskController;
  answers: AnswerActions;
  follower: EditFollower;
  places: Places;
  summary: SummaryController;
  completions: CompletionsController;
  explain(error: unknown): string;
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
  const { panel, engine, opener, ask, answers, places, summary, completions } = parts;
  const add = (found: Place[]) => panel.post({ type: 'compose', places: found });
  switch (message.type) {
    case 'ready':
      // Whoever opens the panel is about to ask: have the engine up by then.
      return engine.isAllowed && engine.state.kind === 'stopped' ? engine.ensureStarted() : undefined;
    case 'restored':
      return ask.restore(message.turns) ? parts.follower.lookUp() : undefined;
    case 'ask':
      if (slashCommandOf(message.asking.question).command === 'summarize')
        return summarizePlace(message.asking.places, summary);
      return ask.ask(message.asking, message.after, message.earlier);
    case 'newConversation':
      return ask.startAnew();
    case 'showHistory':
      return vscode.commands.executeCommand('longview.questionHistory');
    case 'findPlaces': {
      const { query } = message;
      return panel.post({ type: 'foundPlaces', query, places: await places.find(query) });
    }
    case 'pickPlace': {
      const place = await pickPlace(places, parts.explain);
      return add(place ? [place] : []);
    }
    case 'dropPlaces':
      return add(await places.fromUris(message.uris.map((uri) => vscode.Uri.parse(uri))));
    case 'cancel':
      return { ask, summary, completions }[message.what].cancel();
    case 'openCitation':
      return answers.open(message);
    case 'openLine':
      return opener.open(message.path, { startLine: message.line, endLine: message.endLine });
    case 'copyPassage':
      return answers.copyPassage(message.id, message.number);
    case 'insertPassage':
      return answers.insertPassage(message.id, message.number);
    case 'insertNote':
      return answers.insertNote(message.id, message.number);
    case 'copyAnswer':
      return answers.copyAnswer(message.id);
    case 'copyWritten':
      return answers.copyWritten(message.id);
    case 'exportAnswer':
      return answers.exportAnswer(message.id);
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

/** The file that a question names, or its selected lines; else the one in the editor. */
function summarizePlace(places: readonly Place[], summary: SummaryController): Thenable<unknown> {
  const place = places.find(({ kind }) => kind !== 'folder');
  const path = place && allowedPath(place.path);
  if (path === undefined) return vscode.commands.executeCommand('longview.summarizeFile');
  return summary.summarize(vscode.Uri.file(path), place?.range);
}
