import type * as vscode from 'vscode';
import type { ChosenModel } from './assistants/chosen-model';
import type { Decisions } from './completion/decisions';
import type { Snooze } from './completion/snooze';
import type { EngineClient } from './engine/engine-client';
import type { LineOpener } from './navigation/open-lines';
import type { AskController } from './panel/ask-controller';
import type { CompletionsController } from './panel/completions-controller';
import type { PanelView } from './panel/panel-view';
import type { Places } from './panel/places';
import type { QuestionHistory } from './panel/question-history';
import type { SummaryController } from './panel/summary-controller';
import type { VirtualDocuments } from './reports/virtual-documents';
import type { Settings } from './settings/settings';
import type { StatusItem } from './status/status-item';

/** What the command groups work with. Each takes the few it needs. */
export interface Services {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  settings: Settings;
  engine: EngineClient;
  status: StatusItem;
  snooze: Snooze;
  decisions: Decisions;
  opener: LineOpener;
  panel: PanelView;
  ask: AskController;
  places: Places;
  history: QuestionHistory;
  summary: SummaryController;
  completions: CompletionsController;
  documents: VirtualDocuments;
  chosen: ChosenModel;
}

export type CommandHandlers = Record<string, (...args: unknown[]) => unknown>;
