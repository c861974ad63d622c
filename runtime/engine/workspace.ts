import { setTimeout as sleep } from 'node:timers/promises';
import { askWorkspace, type AskDependencies, type AskOptions } from '../questions';
import { WorkspaceFiles, WorkspaceIndex, type LocatedFile, type SimilarPassage } from '../retrieval';
import type { TextEncoder } from '../inference/text-encoder';
import type { EngineSettings, WorkspaceFolder } from '../protocol/engine';
import { isCancelled, messageOf } from '../protocol/errors';
import type { FileChange, IndexStatus, IndexedFile } from '../protocol/index-status';
import type { AskRequest, AskResponse } from '../protocol/questions';
import { evidenceIndex } from './evidence-index';
import type { Logger } from './log';
import type { ModelHost } from './model-host';

const empty = { filesDone: 0, filesTotal: 0, chunks: 0, bytesOnDisk: 0 };
const off: IndexStatus = { ...empty, state: 'off', reason: 'The index is switched off.' };
/** Wanted, but not opened yet. */
const waiting: IndexStatus = { ...empty, state: 'idle' };

/** The index waits this long after the window opened, or for the first suggestion: until then the cores are the model's. */
const startAfterMs = 10_000;
/** By then a suggestion that was just answered is on the screen. */
const shownMs = 1_000;
/** A question to an index that is still empty waits at most this long for its first files. */
const emptyIndexWaitMs = 3_000;

/** What answers a question besides the index. */
export interface AskParts extends Pick<AskDependencies, 'rerankBudgetMs' | 'describer' | 'writer'> {
  /** Of the model that re-orders passages. */
  host: ModelHost;
}

/** The folders of the window and their index: opened, re-opened when folders or settings change, closed. */
export class Workspace {
  private index: WorkspaceIndex | undefined;
  private folders: readonly WorkspaceFolder[] = [];
  private contextFiles = new WorkspaceFiles([], []);
  /** What the open index was made for; another value means another index. */
  private opened = '';
  private failure: string | undefined;
  private wanted = false;
  private readonly listeners = new Set<(status: IndexStatus) => void>();
  private changing: Promise<void> = Promise.resolve();
  private startTimer: NodeJS.Timeout | undefined;
  private shownTimer: NodeJS.Timeout | undefined;
  /** Lets a postponed index open. */
  private openNow: () => void = () => undefined;

  constructor(
    private readonly dataFolder: string,
    private readonly log: Logger,
    /** Of the window's settings as they are now. */
    private readonly encoder: () => TextEncoder | undefined = () => undefined,
  ) {}

  get folderPaths(): string[] {
    return this.folders.map((folder) => folder.path);
  }

  /** Opens, keeps or closes the index as folders and settings ask. Calls follow one another. */
  configure(folders: readonly WorkspaceFolder[] | undefined, settings: EngineSettings): Promise<void> {
    this.wanted = settings.indexEnabled;
    this.changing = this.changing.then(() => this.reconfigure(folders ?? this.folders, settings));
    return this.changing;
  }

  /** Not even the index's file is opened before it is needed, or before the first suggestion had its time. */
  postpone(): void {
    const gate = new Promise<void>((resolve) => (this.openNow = resolve));
    const timer = setTimeout(this.openNow, startAfterMs);
    timer.unref();
    this.changing = this.changing.then(() => gate).then(() => clearTimeout(timer));
  }

  /** Begins to index now, rather than in a quiet moment. */
  async startIndexing(): Promise<void> {
    this.openNow();
    await this.changing;
    if (this.startTimer === undefined) return;
    clearTimeout(this.startTimer);
    this.startTimer = undefined;
    this.index?.start();
  }

  /** As soon as what was just answered is on the screen: until then the cores are the editor's. */
  startOnceShown(): void {
    this.shownTimer ??= setTimeout(() => {
      this.shownTimer = undefined;
      void this.startIndexing();
    }, shownMs).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.shownTimer);
    this.shownTimer = undefined;
    this.openNow();
    await this.changing;
    clearTimeout(this.startTimer);
    this.startTimer = undefined;
    await this.index?.close();
    this.index = undefined;
    this.opened = '';
  }

  async ask(
    request: AskRequest,
    { host, rerankBudgetMs, describer, writer }: AskParts,
    options: AskOptions = {},
  ): Promise<AskResponse> {
    await this.startIndexing();
    const { index } = this;
    if (!index) {
      const ms = { search: 0, rerank: 0, total: 0 };
      return {
        passages: [],
        indexed: 0,
        filesSearched: 0,
        reranked: false,
        ms,
        nothingFound: 'index-disabled',
      };
    }
    if (index.status().filesDone === 0)
      await Promise.race([index.idle(), sleep(emptyIndexWaitMs, undefined, { ref: false })]);
    const evidence = { index: evidenceIndex(index, this.log), describer, writer };
    if (rerankBudgetMs <= 0) return askWorkspace(request, { ...evidence, rerankBudgetMs: 0 }, options);
    try {
      return await host.use((model) =>
        askWorkspace(request, { ...evidence, model, rerankBudgetMs }, options),
      );
    } catch (error) {
      // Passages need no model: without one they come in the order of their words.
      if (isCancelled(error) || host.status().state === 'ready') throw error;
      this.log.warn('Answered without re-ranking', { error: messageOf(error) });
      return askWorkspace(request, { ...evidence, rerankBudgetMs: 0 }, options);
    }
  }

  filesChanged(changes: readonly FileChange[]): void {
    this.contextFiles.invalidate();
    // Before the first scan there is nothing to bring up to date: it will see these files as they are then.
    if (this.startTimer === undefined) this.index?.applyChanges(changes);
  }

  async command(command: 'pause' | 'resume' | 'rebuild'): Promise<IndexStatus> {
    await this.startIndexing();
    if (command === 'pause') this.index?.pause();
    else if (command === 'resume') this.index?.resume();
    else await this.index?.rebuild();
    return this.status();
  }

  /** Whoever asks for them wants them there: they are not waited for, but begun with. */
  async files(): Promise<IndexedFile[]> {
    await this.startIndexing();
    return this.index?.files() ?? [];
  }

  status(): IndexStatus {
    if (this.failure) return { ...empty, state: 'failed', reason: this.failure };
    return this.index?.status() ?? (this.wanted ? waiting : off);
  }

  async idle(): Promise<void> {
    await this.startIndexing();
    await this.index?.idle();
  }

  /** Resolves when every passage has its vector, as far as an encoder is chosen and can be used. */
  async encoded(): Promise<void> {
    await this.startIndexing();
    await this.index?.encoded();
  }

  /** Holds no vectors in memory until the next question. */
  releaseVectors(): void {
    this.index?.releaseVectors();
  }

  /** Display paths of the files that import this one; empty while the index does not know. */
  importersOf(path: string): string[] {
    return this.index?.importersOf(path) ?? [];
  }

  /** Where a file stands among those that its prompts may show; undefined when they may show nothing but itself. */
  locate(file: string): LocatedFile | undefined {
    return this.contextFiles.locate(file);
  }

  /** The file that another program means, if it may be shown; see `WorkspaceFiles`. */
  find(name: string): string | undefined {
    return this.contextFiles.find(name);
  }

  /** Passages of other files that resemble a piece of this one; none while the index does not know. */
  async similar(
    file: string,
    text: string,
    languages: readonly string[],
    limit: number,
  ): Promise<SimilarPassage[]> {
    return (await this.index?.similar(file, text, languages, limit)) ?? [];
  }

  onStatus(listener: (status: IndexStatus) => void): void {
    this.listeners.add(listener);
  }

  private async reconfigure(folders: readonly WorkspaceFolder[], settings: EngineSettings): Promise<void> {
    this.folders = folders;
    this.contextFiles = new WorkspaceFiles(folders, settings.excludeGlobs);
    const wanted = settings.indexEnabled ? JSON.stringify([folders, settings.excludeGlobs]) : 'off';
    if (wanted === this.opened) {
      this.index?.encoderChanged();
      return;
    }
    clearTimeout(this.startTimer);
    this.startTimer = undefined;
    await this.index?.close();
    this.index = undefined;
    this.failure = undefined;
    this.opened = wanted;
    if (settings.indexEnabled) await this.open(folders, settings.excludeGlobs);
    this.tell(this.status());
  }

  /** An index that cannot be kept is no reason to go without completions: the failure is told in the status. */
  private async open(folders: readonly WorkspaceFolder[], excludeGlobs: readonly string[]): Promise<void> {
    const index = new WorkspaceIndex({
      dataFolder: this.dataFolder,
      folders,
      excludeGlobs,
      encoder: this.encoder,
      onNotice: (notice) => this.log.warn(notice),
    });
    try {
      await index.open();
      index.onStatus((status) => this.tell(status));
      this.index = index;
      this.startTimer = setTimeout(() => void this.startIndexing(), startAfterMs);
      this.startTimer.unref();
    } catch (error) {
      this.failure = messageOf(error);
      this.log.error('Index not opened', { error: this.failure });
    }
  }

  private tell(status: IndexStatus): void {
    for (const listener of this.listeners) listener(status);
  }
}
