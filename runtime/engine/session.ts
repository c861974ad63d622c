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
import { Completions } from './completions';
import { Conversations } from './conversations';
import type { WorkCounters } from './counted-model';
import { doctorReport } from './doctor';
import { Documents } from './documents';
import type { EncoderHost } from './encoder-host';
import type { Engine } from './engine';
import type { Logger } from './log';
import type { ModelHost } from './model-host';
import { messageOf, UserError } from '../protocol/errors';
import { DEFAULT_CONTEXT, RepositoryContext } from './prompt-context';
import { RERANK_BUDGET_MS } from '../questions';
import { RecentEdits } from './recent-edits';
import { SessionModels } from './session-models';
import { doctorFacts, engineStatus, logFirst, sinceStart } from './session-report';
import { WindowModels } from './window-models';
import { Workspace } from './workspace';

/**
 * Everything that Longview does for one window, behind plain methods: the process serves them over JSON-RPC, the command
 * line calls them. Holds the window's documents, folders, index and settings; no other window reaches them. Composes the
 * parts and decides nothing that a part can decide itself.
 */
export class Session {
  readonly reading: BackgroundReading;
  private readonly documents = new Documents();
  private readonly edits = new RecentEdits();
  private readonly statusListeners = new Set<(status: EngineStatus) => void>();
  private readonly completions: Completions;
  private readonly conversations: Conversations;
  readonly workspace: Workspace;
  readonly models: SessionModels;
  readonly chosen: WindowModels;
  private readonly context: RepositoryContext;
  private folders: readonly WorkspaceFolder[];
  private activity: EngineStatus['activity'] = 'idle';
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
    this.context = new RepositoryContext({
      documents: this.documents,
      edits: this.edits,
      workspace: this.workspace,
      tokenCounter: () =>
        host().use(({ model }) => Promise.resolve((text) => model.tokenizer.encode(text).length)),
      budget: params.context ?? DEFAULT_CONTEXT,
      onFound: (uri, offset) => this.readBehind(uri, offset),
      log: log.in('context'),
    });
    this.completions = new Completions({
      context: this.context,
      documents: this.documents,
      host,
      reading: this.reading,
      inFront: (job) => engine.inFront(job),
      scope: () => this.scope,
      maySave: ({ path }) => path !== undefined && this.workspace.locate(path) !== undefined,
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
    this.context.stop();
    this.statusListeners.clear();
    await this.workspace.close();
    await this.engine.closed(this);
  }

  // Documents

  /** A file in a language that the model knows is about to be worked on: the model is loaded ahead of the first key. */
  openDocument(item: TextDocumentItem): void {
    this.documents.open(item);
    this.completions.opened(this.documents.get(item.uri)!);
    // A model that does not load says so in the status, and again when it is asked for something.
    if (this.host.languages.includes(item.languageId)) this.warmUp().catch(() => undefined);
  }

  changeDocument({ uri, version, edits }: { uri: string; version: number; edits: TextEdit[] }): void {
    this.documents.change(uri, version, edits);
    this.completions.changed(uri, edits);
    const document = this.documents.get(uri);
    if (document) this.edits.changed(document, edits);
  }

  async cursorMoved(move: CursorMove): Promise<void> {
    await this.completions.cursorMoved(move);
    if (!move.notebook) this.context.worksAt(move.uri, move.offset);
  }

  /** Other files have something to say about a place: the prompt that shows it is read while it is quiet. */
  private readBehind(uri: string, offset: number): void {
    const version = this.documents.get(uri)?.version;
    if (version === undefined) return;
    this.completions
      .cursorMoved({ uri, version, offset })
      .catch((error: unknown) => this.log.warn('Not read ahead', { error: messageOf(error) }));
  }

  closeDocument({ uri }: { uri: string }): void {
    this.completions.closed(uri);
    const document = this.documents.get(uri);
    if (document) this.edits.closed(document);
    this.documents.close(uri);
    this.context.closed(uri);
  }

  // Jobs

  async complete(request: CompletionRequest, signal?: AbortSignal): Promise<CompletionResponse> {
    // What nobody waits for is no activity to be shown.
    if (request.ahead) return this.completions.complete(request, signal);
    const response = await this.doing('completing', () => this.completions.complete(request, signal));
    this.engine.probing.served(this.chosen.completion);
    this.workspace.startOnceShown();
    if (!request.notebook) this.context.worksAt(request.uri, request.offset);
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
    const open = this.documents.byPath(path);
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

  // For evaluation

  counters(): WorkCounters {
    return this.engine.counters();
  }

  likelihood(request: CompletionRequest, text: string): Promise<number> {
    return this.completions.likelihood(request, text);
  }

  encode(text: string): Promise<readonly number[]> {
    return this.host.use(({ model }) => Promise.resolve(model.tokenizer.encode(text)));
  }

  /** Finds at once what other files have to say about a place, and uses it, read or not. */
  async lookAround(uri: string, offset: number): Promise<void> {
    await this.context.lookAround(uri, offset);
    this.context.adopt(uri);
  }

  /** Reads at once what waits for background reading. */
  readAhead(): Promise<void> {
    return this.reading.readNow();
  }

  /** Resolves when the index has nothing left to do. */
  indexIdle(): Promise<void> {
    return this.workspace.idle();
  }

  openWorkspace(): Promise<void> {
    return this.workspace.configure(undefined, this.settings);
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

  unloadModel(): Promise<void> {
    return this.engine.unloadModel(this.host);
  }

  clearData(): Promise<{ bytesFreed: number }> {
    return this.engine.clearData();
  }

  onStatus(listener: (status: EngineStatus) => void): void {
    this.statusListeners.add(listener);
  }

  status(): EngineStatus {
    const activity = this.activity === 'idle' && this.reading.active ? 'reading' : this.activity;
    return engineStatus(this.engine, this.host, this.chosen.completion, activity);
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
    if (this.statusListeners.size === 0) return;
    const status = this.status();
    for (const listener of this.statusListeners) listener(status);
  }

  private async doing<T>(activity: EngineStatus['activity'], job: () => Promise<T>): Promise<T> {
    this.activity = activity;
    this.engine.probing.begin();
    this.changed();
    try {
      return await job();
    } finally {
      this.activity = 'idle';
      this.engine.probing.end();
      await this.engine.holdCeiling();
      this.changed();
    }
  }
}
