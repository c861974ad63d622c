import * as vscode from 'vscode';
import { CompletionSession } from '../runtime/completion/session';
import { registerChat } from './assistants/chat';
import { ChosenModel } from './assistants/chosen-model';
import { registerLanguageModelTools } from './assistants/language-model-tools';
import { Alternatives } from './completion/alternatives';
import { clock } from './completion/clock';
import { engineCompleter } from './completion/completer';
import { Decisions } from './completion/decisions';
import { acceptedCommand, InlineProvider } from './completion/inline-provider';
import { silenceWords } from './completion/silence-words';
import { Snooze } from './completion/snooze';
import { completionCommands } from './commands/completion-commands';
import { engineCommands } from './commands/engine-commands';
import { indexCommands } from './commands/index-commands';
import { modelCommands } from './commands/model-commands';
import { panelCommands } from './commands/panel-commands';
import { registerCommand } from './commands/register';
import { createEngine } from './engine/create-engine';
import { CursorWatcher } from './engine/cursor-watcher';
import { DocumentSync } from './engine/document-sync';
import type { EngineClient } from './engine/engine-client';
import { showEngineNotices } from './engine/notices';
import { runWhenNeeded } from './engine/run-when-needed';
import { WorkspaceWatcher } from './engine/workspace-watcher';
import { engineErrorWords, isCancellation } from './errors';
import { LineOpener } from './navigation/open-lines';
import { AnswerActions } from './panel/answer-actions';
import { AskController } from './panel/ask-controller';
import { CompletionsController } from './panel/completions-controller';
import { EditFollower } from './panel/edit-follower';
import { Offers } from './panel/offers';
import { connectPanel } from './panel/panel-controller';
import { PanelView } from './panel/panel-view';
import { Places } from './panel/places';
import { QuestionHistory } from './panel/question-history';
import { SummaryController } from './panel/summary-controller';
import { VirtualDocuments } from './reports/virtual-documents';
import type { CommandHandlers, Services } from './services';
import { createSettings } from './settings/create-settings';
import { connectStatus } from './status/connect-status';
import { StatusItem } from './status/status-item';

/** What the integration tests see of the running extension. */
export interface LongviewApi {
  enginePid(): number | undefined;
}

let running: EngineClient | undefined;

/** Puts the parts together. Nothing heavy happens here: the engine starts by itself once something needs it. */
export function activate(context: vscode.ExtensionContext): LongviewApi {
  const log = vscode.window.createOutputChannel('Longview', { log: true });
  const settings = createSettings(log);
  const engine = createEngine(context, settings, log);
  running = engine;
  const snooze = new Snooze();
  const status = new StatusItem();
  const decisions = new Decisions();
  const opener = new LineOpener();
  const virtualDocuments = new VirtualDocuments();
  const panel = new PanelView(context.extensionUri, (message) => log.warn(`[panel] ${message}`));
  const documents = new DocumentSync(engine);
  const explain = (error: unknown) => engineErrorWords(error, status.view.sentence);
  const history = new QuestionHistory(context.storageUri, (message) => log.warn(`[panel] ${message}`));
  const ask = new AskController(engine, panel, history, explain, () => settings.forEngine().chatModel !== '');
  const answers = new AnswerActions(ask.conversation, opener);
  const follower = new EditFollower(ask.conversation, panel);
  const places = new Places(engine);
  const summary = new SummaryController(engine, panel, explain);
  const completer = engineCompleter(engine, documents);
  const session = new CompletionSession(completer, clock);
  const alternatives = new Alternatives(engine, completer, settings, silenceWords(engine));
  const completions = new CompletionsController(alternatives, panel, explain, () => engine.status);
  const chosen = new ChosenModel(engine, settings);
  const services: Services = {
    context,
    log,
    settings,
    engine,
    status,
    snooze,
    decisions,
    opener,
    panel,
    ask,
    places,
    history,
    summary,
    completions,
    documents: virtualDocuments,
    chosen,
  };
  const run = (job: () => Promise<unknown>) => {
    job().catch((error: unknown) => {
      if (!isCancellation(error)) void vscode.window.showErrorMessage(explain(error));
    });
  };
  context.subscriptions.push(
    log,
    snooze,
    status,
    opener,
    virtualDocuments,
    panel,
    documents,
    new WorkspaceWatcher(engine, settings),
    new CursorWatcher(engine, documents, settings),
    connectStatus(status, engine, settings, snooze),
    connectPanel({
      panel,
      engine,
      status,
      opener,
      ask,
      answers,
      follower,
      places,
      summary,
      completions,
      explain,
      run,
    }),
    follower,
    new Offers(panel),
    showEngineNotices(engine),
    InlineProvider.register({ session, engine, settings, log, snooze, status, decisions }),
    runWhenNeeded(engine, settings),
    registerLanguageModelTools(engine, settings),
    chosen,
    // Behind what lets the engine run.
    registerChat(engine, chosen),
    ...registerAll(
      {
        ...completionCommands(services),
        ...panelCommands(services),
        ...indexCommands(services),
        ...modelCommands(services),
        ...engineCommands(services),
        // The walkthrough's first step waits for this command to be run; there is nothing else to do.
        [acceptedCommand]: () => undefined,
      },
      log,
      explain,
    ),
  );
  return { enginePid: () => engine.pid };
}

/** The editor waits for this. An engine that no other window uses ends a moment later, unless this one is only loaded anew. */
export async function deactivate(): Promise<void> {
  await running?.dispose();
}

function registerAll(
  handlers: CommandHandlers,
  log: vscode.LogOutputChannel,
  explain: (error: unknown) => string,
): vscode.Disposable[] {
  return Object.entries(handlers).map(([id, handler]) => registerCommand(id, handler, log, explain));
}
