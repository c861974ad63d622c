import { createHash } from 'node:crypto';
import type { ChatProgress, ChatRequest, ChatResponse } from '../protocol/chat';
import type { CompletionRequest, CompletionResponse, CursorMove } from '../protocol/completion';
import type {
  DoctorReport,
  EngineSettings,
  EngineStatus,
  InitializeParams,
  ProbeProgress,
  WorkspaceFolder,
} from '../protocol/engine';
import type { AskProgress, AskRequest, AskResponse } from '../protocol/questions';
import type { FileSummary, SummarizeRequest, SummaryProgress } from '../protocol/summaries';
import type { TextDocumentItem, TextEdit } from '../protocol/text';
import { BackgroundReading } from './background-reading';
import { Conversations } from './conversations';
import type { WorkCounters } from './counted-model';
import { doctorReport } from './doctor';
import { Editing } from './editing';
import type { EncoderHost } from './encoder-host';
import type { Engine } from './engine';
import type { Logger } from './log';
import type { ModelHost } from './model-host';
import { UserError } from '../protocol/errors';
import { RERANK_BUDGET_MS } from '../questions';
import { SessionModels } from './session-models';
import { doctorFacts, engineStatus, logFirst, sinceStart } from './session-report';
import { WindowModels } from './window-models';
import { WindowStatus, type Activity } from './window-status';
import { Workspace } from './workspace';

/**
 * Everything that Longview does for one window, behind plain methods: the process serves them over JSON-RPC, the command
 * line calls them. Holds the window's documents, folders, index and settings; no other window reaches them. Composes the
 * parts and decides nothing that a part can decide itself.
 */
export class Session {
  readonly reading: BackgroundReading;
  readonly editing: Editing;
  private readonly conversations: Conversations;
  readonly workspace: Workspace;
  readonly models: SessionModels;
  readonly chosen: WindowModels;
  private readonly shown = new WindowStatus((activity) => this.statusWith(activity));
  private folders: readonly WorkspaceFolder[];
  private disposing: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly params: InitializeParams,
    private readonly log: Logger,
  ) {
    this.chosen = new WindowModels(params);
    this.folders = params.workspaceFolders;
    const host = () => this.host;
    this.reading = new BackgroundReading(host, log.in('reading'), () => this.changed());
    this.workspace = new Workspace(engine.data.root, log.in('index'), () => this.encoder);
    this.models = new SessionModels(engine.data, params.modelsFolder, () => this.settings);
    this.editing = new Editing({
      workspace: this.workspace,
      reading: this.reading,
      host,
      scope: () => this.scope,
      inFront: (job) => engine.inFront(job),
      budget: params.context,
      log,
    });
    this.conversations = new Conversations(
      engine.hosts,
      () => this.chosen.chat,
      () => this.scope,
    );
  }

  get settings(): EngineSettings {
    return this.chosen.settings;
  }

  get host(): ModelHost {
    return this.engine.hosts.for(this.chosen.completion);
  }

  /** What places passages by their meaning; undefined where none is chosen. */
  get encoder(): EncoderHost | undefined {
    const { encoder } = this.chosen;
    return encoder && this.engine.encoders.for(encoder);
  }

  /** Says which workspace this is: the same for the same folders, in this window or another, today or tomorrow. */
  get scope(): string {
    const folders = this.folders.map((folder) => folder.path).sort();
    return createHash('sha256').update(JSON.stringify(folders)).digest('hex').slice(0, 16);
  }

  async start(): Promise<void> {
    this.log.info('Window connected', { msSinceStart: sinceStart(), windows: this.engine.windows });
    this.reading.setEnabled(this.settings.backgroundReading === 'idle');
    const { visibleLanguages = [], workspaceFolders } = this.params;
    const needsModel = visibleLanguages.some((id) => this.host.languages.includes(id));
    if (needsModel) {
      this.warmUp().catch(() => undefined);
      this.workspace.postpone();
    }
    const configured = this.workspace.configure(workspaceFolders, this.settings);
    if (!needsModel) await configured;
    this.changed();
  }

  /** The window is gone. What it still asks for is the caller's to cancel. */
  dispose(): Promise<void> {
    this.disposing ??= this.end();
    return this.disposing;
  }

  private async end(): Promise<void> {
    this.reading.stop();
    this.editing.stop();
    this.shown.clear();
    await this.workspace.close();
    await this.engine.closed(this);
  }

  // Documents

  /** A file in a language that the model knows is about to be worked on: the model is loaded ahead of the first key. */
  openDocument(item: TextDocumentItem): void {
    this.editing.open(item);
    // A model that does not load says so in the status, and again when it is asked for something.
    if (this.host.languages.includes(item.languageId)) this.warmUp().catch(() => undefined);
  }

  changeDocument({ uri, version, edits }: { uri: string; version: number; edits: TextEdit[] }): void {
    this.editing.change(uri, version, edits);
  }

  cursorMoved(move: CursorMove): Promise<void> {
    return this.editing.cursorMoved(move);
  }

  closeDocument({ uri }: { uri: string }): void {
    this.editing.close(uri);
  }

  // Jobs

  async complete(request: CompletionRequest, signal?: AbortSignal): Promise<CompletionResponse> {
    // What nobody waits for is no activity to be shown.
    if (request.ahead) return this.editing.complete(request, signal);
    const response = await this.doing('completing', () => this.editing.complete(request, signal));
    this.engine.probing.served(this.chosen.completion);
    this.workspace.startOnceShown();
    if (!request.notebook) this.editing.worksAt(request.uri, request.offset);
    if (this.engine.isFirstCompletion()) logFirst(this.log, response);
    return response;
  }

  ask(
    request: AskRequest,
    signal?: AbortSignal,
    onProgress?: (progress: AskProgress) => void,
  ): Promise<AskResponse> {
    return this.doing('answering', () =>
      this.workspace.ask(
        request,
        {
          host: this.host,
          rerankBudgetMs: this.settings.rerank === 'auto' ? RERANK_BUDGET_MS : 0,
          describer: this.engine.summaries.describer(this.host),
          writer: this.conversations.writer(request),
        },
        { signal, onProgress },
      ),
    );
  }

  async chat(
    request: ChatRequest,
    signal?: AbortSignal,
    onProgress?: (progress: ChatProgress) => void,
  ): Promise<ChatResponse> {
    const response = await this.doing('answering', () =>
      this.conversations.chat(request, signal, onProgress),
    );
    const { chat } = this.chosen;
    if (chat) this.engine.probing.served(chat);
    return response;
  }

  countTokens({ text }: { text: string }): Promise<number> {
    return this.conversations.countTokens(text);
  }

  async summarize(
    request: SummarizeRequest,
    signal?: AbortSignal,
    onProgress?: (progress: SummaryProgress) => void,
  ): Promise<FileSummary> {
    const path = request.forOthers ? this.workspace.find(request.path) : request.path;
    if (path === undefined)
      throw new UserError(
        `${request.path} is not shown to other programs: the workspace has no such file, or its rules leave it out.`,
      );
    const open = this.editing.documentAt(path);
    const text = open && { text: open.text.toString(), languageId: open.languageId };
    const input = { ...text, ...request, path };
    return this.doing('summarising', () =>
      this.engine.summaries.summarize(input, this.host, this.workspace, signal, onProgress),
    );
  }

  /** Loads the model ahead of the first request. */
  warmUp(): Promise<void> {
    return this.host.use(() => Promise.resolve());
  }

  // Itself

  async setSettings(settings: EngineSettings): Promise<void> {
    this.chosen.settings = settings;
    this.reading.setEnabled(settings.backgroundReading === 'idle');
    await this.engine.settle();
    await this.workspace.configure(undefined, settings);
    this.changed();
  }

  setFolders(folders: WorkspaceFolder[]): Promise<void> {
    this.folders = folders;
    return this.workspace.configure(folders, this.settings);
  }

  /** Once more, after its index was closed. */
  openWorkspace(): Promise<void> {
    return this.workspace.configure(undefined, this.settings);
  }

  unloadModel(): Promise<void> {
    return this.engine.unloadModel(this.host);
  }

  clearData(): Promise<{ bytesFreed: number }> {
    return this.engine.clearData();
  }

  /** What was computed for all windows since the engine began, for evaluations. */
  counters(): WorkCounters {
    return this.engine.counters();
  }

  onStatus(listener: (status: EngineStatus) => void): void {
    this.shown.on(listener);
  }

  status(): EngineStatus {
    return this.shown.now;
  }

  async doctor(): Promise<DoctorReport> {
    const { engine, host, settings } = this;
    const { completion: choice, chat } = this.chosen;
    const index = this.workspace.status();
    const folders = this.workspace.folderPaths;
    const status = this.status();
    return doctorReport(await doctorFacts({ engine, host, settings, choice, chat, status, index, folders }));
  }

  /** Measures anew what the model could run on. */
  probeProviders(signal?: AbortSignal, onProgress?: (progress: ProbeProgress) => void): Promise<void> {
    const onStep = (step: string) => onProgress?.({ step });
    return this.engine.probing.probeNow(this.chosen.completion, { signal, onStep });
  }

  /** Tells what has changed, in this window or in what it shares with others. */
  changed(): void {
    this.shown.tell();
  }

  private statusWith(activity: Activity): EngineStatus {
    const current = activity === 'idle' && this.reading.active ? 'reading' : activity;
    return engineStatus(this.engine, this.host, this.chosen.completion, current);
  }

  private async doing<T>(activity: Activity, job: () => Promise<T>): Promise<T> {
    this.shown.activity = activity;
    this.engine.probing.begin();
    this.changed();
    try {
      return await job();
    } finally {
      this.shown.activity = 'idle';
      this.engine.probing.end();
      await this.engine.holdCeiling();
      this.changed();
    }
  }
}
