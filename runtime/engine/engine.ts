import { loadLanguageModel } from '../inference/load';
import type { CompletionRequest, CompletionResponse } from '../protocol/completion';
import type {
  DoctorReport,
  EngineSettings,
  EngineStatus,
  InitializeParams,
  WorkspaceFolder,
} from '../protocol/engine';
import type { FileChange, IndexStatus, IndexedFile } from '../protocol/index-status';
import type { AskProgress, AskRequest, AskResponse } from '../protocol/questions';
import type { FileSummary, SummarizeRequest, SummaryProgress } from '../protocol/summaries';
import type { TextDocumentItem, TextEdit } from '../protocol/text';
import { openGrammars } from '../syntax';
import type { EngineAssets } from './assets';
import { BackgroundReading } from './background-reading';
import { Completions } from './completions';
import { CountedModel, newCounters, type WorkCounters } from './counted-model';
import { DataFolder } from './data-folder';
import { doctorReport } from './doctor';
import { Documents } from './documents';
import type { Logger } from './log';
import { holdCeiling, residentBytes, statesLimitBytes } from './memory';
import { declaredLanguages, modelFolder, threadsOf } from './model-choice';
import { ModelHost } from './model-host';
import { DEFAULT_CONTEXT, RepositoryContext } from './prompt-context';
import { Scheduler } from './scheduler';
import { Summaries } from './summaries';
import { Workspace } from './workspace';

export type { EngineAssets } from './assets';

/** Milliseconds that an answer may spend on letting the model re-order its passages. */
const rerankBudgetMs = 0;
/** Without a request for this long the model leaves memory. */
const idleMs = 10 * 60_000;

/**
 * Everything that Longview does, behind plain methods: the process serves them over JSON-RPC, the command line calls
 * them. Composes the parts and decides nothing that a part can decide itself.
 */
export class Engine {
  private readonly data: DataFolder;
  private readonly documents = new Documents();
  private readonly scheduler = new Scheduler();
  private readonly statusListeners = new Set<(status: EngineStatus) => void>();
  private readonly reading: BackgroundReading;
  private readonly context: RepositoryContext;
  private readonly completions: Completions;
  private readonly workspace: Workspace;
  private readonly summaries: Summaries;
  private readonly work = newCounters();
  private host: ModelHost;
  private settings: EngineSettings;
  private activity: EngineStatus['activity'] = 'idle';
  private hasCompleted = false;

  constructor(
    private readonly params: InitializeParams,
    private readonly assets: EngineAssets,
    private readonly log: Logger,
  ) {
    this.settings = params.settings;
    this.data = new DataFolder(params.dataFolder);
    this.host = this.createHost();
    const host = () => this.host;
    this.reading = new BackgroundReading(host, log.in('reading'), () => this.changed());
    this.workspace = new Workspace(params.dataFolder, log.in('index'));
    this.context = new RepositoryContext({
      documents: this.documents,
      workspace: this.workspace,
      tokenCounter: () =>
        host().use(({ model }) => Promise.resolve((text) => model.tokenizer.encode(text).length)),
      budget: params.context ?? DEFAULT_CONTEXT,
      log: log.in('context'),
    });
    this.completions = new Completions(this.documents, host, this.reading, this.context);
    this.summaries = new Summaries(this.data.summaries, log.in('summaries'));
  }

  async start(): Promise<void> {
    this.log.info('Engine started', { msSinceStart: sinceStart() });
    await this.data.prepare();
    openGrammars(this.assets.grammarsFolder);
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

  async dispose(): Promise<void> {
    this.reading.stop();
    this.context.stop();
    await this.workspace.close();
    this.summaries.close();
    await this.host.dispose();
    this.statusListeners.clear();
  }

  // Documents

  /** A file in a language that the model knows is about to be worked on: the model is loaded ahead of the first key. */
  openDocument(item: TextDocumentItem): void {
    this.documents.open(item);
    // A model that does not load says so in the status, and again when it is asked for something.
    if (this.host.languages.includes(item.languageId)) this.warmUp().catch(() => undefined);
  }

  changeDocument({ uri, version, edits }: { uri: string; version: number; edits: TextEdit[] }): void {
    this.documents.change(uri, version, edits);
    this.completions.changed(uri, edits);
  }

  closeDocument({ uri }: { uri: string }): void {
    this.documents.close(uri);
    this.completions.closed(uri);
    this.context.closed(uri);
  }

  // Jobs

  async complete(request: CompletionRequest, signal?: AbortSignal): Promise<CompletionResponse> {
    const response = await this.doing('completing', () => this.completions.complete(request, signal));
    void this.workspace.startIndexing();
    this.context.worksAt(request.uri, request.offset);
    if (!this.hasCompleted) this.logFirst(response);
    return response;
  }

  /** Where the time until the first suggestion went, once per process: what a report of a slow start needs. */
  private logFirst({ cost }: CompletionResponse): void {
    this.hasCompleted = true;
    this.log.info('First suggestion', {
      msSinceStart: sinceStart(),
      tokensRead: cost.tokensRead,
      tokensGenerated: cost.tokensGenerated,
      msQueue: Math.round(cost.ms.queue),
      msTokenise: Math.round(cost.ms.tokenise),
      msRead: Math.round(cost.ms.read),
      msDecode: Math.round(cost.ms.decode),
    });
  }

  ask(
    request: AskRequest,
    signal?: AbortSignal,
    onProgress?: (progress: AskProgress) => void,
  ): Promise<AskResponse> {
    return this.doing('answering', () =>
      this.workspace.ask(request, this.host, rerankBudgetMs, signal, onProgress),
    );
  }

  summarize(
    request: SummarizeRequest,
    signal?: AbortSignal,
    onProgress?: (progress: SummaryProgress) => void,
  ): Promise<FileSummary> {
    const open = this.documents.byPath(request.path);
    const input = open ? { text: open.text, languageId: open.languageId, ...request } : request;
    return this.doing('summarising', () =>
      this.summaries.summarize(input, this.host, this.workspace, signal, onProgress),
    );
  }

  /** Loads the model ahead of the first request. */
  warmUp(): Promise<void> {
    return this.host.use(() => Promise.resolve());
  }

  // For evaluation

  counters(): WorkCounters {
    return structuredClone(this.work);
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

  // Index

  filesChanged(changes: FileChange[]): void {
    this.workspace.filesChanged(changes);
  }

  indexCommand(command: 'pause' | 'resume' | 'rebuild'): Promise<IndexStatus> {
    return this.workspace.command(command);
  }

  indexFiles(): Promise<IndexedFile[]> {
    return this.workspace.files();
  }

  indexStatus(): IndexStatus {
    return this.workspace.status();
  }

  /** Resolves when the index has nothing left to do. */
  indexIdle(): Promise<void> {
    return this.workspace.idle();
  }

  onIndexStatus(listener: (status: IndexStatus) => void): void {
    this.workspace.onStatus(listener);
  }

  // Itself

  async setSettings(settings: EngineSettings): Promise<void> {
    const old = this.settings;
    this.settings = settings;
    this.reading.setEnabled(settings.backgroundReading === 'idle');
    const otherModel =
      old.completionModel !== settings.completionModel ||
      old.provider !== settings.provider ||
      old.threads !== settings.threads ||
      old.memoryLimit !== settings.memoryLimit;
    if (otherModel) {
      const host = this.host;
      this.host = this.createHost();
      await host.dispose();
    }
    await this.workspace.configure(undefined, settings);
    this.changed();
  }

  setFolders(folders: WorkspaceFolder[]): Promise<void> {
    return this.workspace.configure(folders, this.settings);
  }

  async unloadModel(): Promise<void> {
    this.reading.stop();
    await this.host.unload();
  }

  onStatus(listener: (status: EngineStatus) => void): void {
    this.statusListeners.add(listener);
  }

  status(): EngineStatus {
    const statesBytes = this.host.current?.model.stateBytesHeld() ?? 0;
    return {
      model: this.host.status(),
      activity: this.activity === 'idle' && this.reading.active ? 'reading' : this.activity,
      memory: {
        residentMB: residentBytes() / 1e6,
        statesMB: statesBytes / 1e6,
        limitMB: this.settings.memoryLimit,
      },
    };
  }

  async doctor(): Promise<DoctorReport> {
    const info = this.host.current?.model.info;
    return doctorReport({
      version: this.assets.version,
      pid: process.pid,
      settings: this.settings,
      status: this.status(),
      index: this.workspace.status(),
      folders: this.workspace.folderPaths,
      dataFolder: this.data.root,
      dataSizes: await this.data.sizes(),
      modelFolder: modelFolder(this.settings.completionModel, this.params.modelsFolder),
      weightBytes: info?.weightBytes,
      keptStates: this.host.current?.checkpoints.size ?? 0,
      threads: threadsOf(this.settings.threads),
    });
  }

  async clearData(): Promise<{ bytesFreed: number }> {
    await this.workspace.close();
    this.summaries.close();
    this.host.current?.checkpoints.clear();
    const bytesFreed = await this.data.clear();
    await this.workspace.configure(undefined, this.settings);
    this.log.info('Saved data deleted', { bytes: bytesFreed });
    return { bytesFreed };
  }

  private async doing<T>(activity: EngineStatus['activity'], job: () => Promise<T>): Promise<T> {
    this.activity = activity;
    this.changed();
    try {
      return await job();
    } finally {
      this.activity = 'idle';
      const action = await holdCeiling(this.host, this.settings.memoryLimit);
      if (action !== 'none')
        this.log.warn('Memory limit reached', { action, limitMB: this.settings.memoryLimit });
      this.changed();
    }
  }

  private changed(): void {
    if (this.statusListeners.size === 0) return;
    const status = this.status();
    for (const listener of this.statusListeners) listener(status);
  }

  private createHost(): ModelHost {
    return new ModelHost({
      name: this.settings.completionModel,
      languages: declaredLanguages(modelFolder(this.settings.completionModel, this.params.modelsFolder)),
      load: async () => {
        const model = await loadLanguageModel({
          folder: modelFolder(this.settings.completionModel, this.params.modelsFolder),
          cacheFolder: this.data.cache,
          precision: this.params.precision,
          threads: threadsOf(this.settings.threads),
          scheduler: this.scheduler,
          workerPath: this.assets.workerPath,
          onLog: (message) => this.log.in('model').info(message),
        });
        return new CountedModel(model, this.work);
      },
      statesLimitBytes: statesLimitBytes(this.settings.memoryLimit),
      idleMs,
      log: this.log.in('model'),
      onChange: () => this.changed(),
    });
  }
}

/** Milliseconds since this process began. */
function sinceStart(): number {
  return Math.round(performance.now());
}
