/**
 * The index of all folders of a window. Works in the background, can be paused, answers while it is incomplete, and
 * after a restart re-does only what changed.
 */
import path from 'node:path';
import type { TextEncoder } from '../inference/text-encoder';
import { displayPrefixes } from '../protocol/display-names';
import type { WorkspaceFolder } from '../protocol/engine';
import type { FileChange, IndexStatus, IndexedFile } from '../protocol/index-status';
import { FolderIndex } from './folder-index';
import { highlightsOf } from './highlights';
import { figuresOf, IndexReports } from './index-reports';
import { PassageEncoding } from './passage-encoding';
import { readTextFile } from './text-file';
import { turnKeeper } from './turns';
import {
  closeIn,
  filesIn,
  folderOf,
  importersIn,
  searchFolders,
  similarIn,
  type ClosePassages,
  type NamedFolder,
  type SearchPlaces,
  type SearchResult,
  type SearchScope,
  type SimilarPassage,
} from './workspace-search';

export interface WorkspaceIndexOptions {
  /** The engine's data folder; index files lie in its `index`. */
  dataFolder: string;
  folders: readonly WorkspaceFolder[];
  excludeGlobs?: readonly string[];
  /** None is embedded: without one, words and the graph alone decide. Asked anew each time it may be another one. */
  encoder?: () => TextEncoder | undefined;
  /** Told in sentences what went wrong and what was done about it. */
  onNotice?: (notice: string) => void;
}

export class WorkspaceIndex {
  private folders: NamedFolder[] = [];
  private paused = false;
  private running?: Promise<void>;
  private stop = new AbortController();
  private changes: FileChange[] = [];
  /** Once at first, then whenever a question was answered without what changed since. */
  private graphWanted = true;
  private readonly encoding: PassageEncoding;
  private readonly reports = new IndexReports(() => ({
    ...figuresOf(this.folders.map(({ index }) => index)),
    vectors: this.encoding.status(),
  }));
  /** Aborted by the next change, which does not wait until the graph is built, and by a halt. */
  private unchanged = new AbortController();

  constructor(private readonly options: WorkspaceIndexOptions) {
    this.encoding = new PassageEncoding({
      encoder: () => options.encoder?.(),
      folders: () => this.folders.map(({ index }) => index.vectors),
      onChange: (ended) => (ended ? this.reports.tellAgain() : this.tellSometimes(this.reports.state)),
    });
  }

  /** Opens the index files; afterwards questions are answered from what they hold. Throws when they cannot be made. */
  async open(): Promise<void> {
    const prefixes = displayPrefixes(this.options.folders);
    try {
      this.folders = this.options.folders.map((folder, at) => ({
        prefix: prefixes[at]!,
        index: new FolderIndex({
          root: folder.path,
          indexFolder: path.join(this.options.dataFolder, 'index'),
          excludeGlobs: this.options.excludeGlobs ?? [],
          onNotice: this.options.onNotice,
        }),
      }));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.fail(
        `The index cannot be kept in ${this.options.dataFolder}: ${cause}. Make that folder writable or free some space.`,
      );
      throw new Error(this.reports.reason, { cause: error });
    }
  }

  /** Brings the index up to date in the background. Returns at once; `idle()` waits. */
  start(): void {
    if (this.running || this.paused || this.stop.signal.aborted) return;
    this.running = this.run(this.stop.signal).finally(() => {
      this.running = undefined;
      // What came in during the last moments.
      if (this.hasWork()) this.start();
    });
  }

  /** Resolves when no file is left to be read, or the index is paused, failed or closed. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Resolves when every passage has its vector besides, or something stands in the way of that. */
  async encoded(): Promise<void> {
    await this.idle();
    await this.encoding.idle();
  }

  /** Another encoder may have been chosen, or none. */
  encoderChanged(): void {
    // Files come first, and end with this.
    if (!this.hasWork()) this.encoding.wake();
    this.reports.tellAgain();
  }

  /** Holds no vectors in memory until the next question. */
  releaseVectors(): void {
    for (const { index } of this.folders) index.vectors.release();
  }

  pause(): void {
    this.paused = true;
    this.encoding.pause();
    this.reports.tell('paused');
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.encoding.resume();
    this.reports.tell(this.hasWork() ? 'indexing' : 'ready');
    this.start();
  }

  /** Deletes the index files and begins anew. */
  async rebuild(): Promise<void> {
    await this.halt();
    for (const { index } of this.folders) index.rebuild();
    this.paused = false;
    this.encoding.resume();
    this.start();
  }

  /** Notes changes on disk; they are searchable a moment later. */
  applyChanges(changes: readonly FileChange[]): void {
    this.changes.push(...changes);
    this.unchanged.abort();
    this.start();
  }

  status(): IndexStatus {
    return this.reports.status();
  }

  /** Returns a function that ends the subscription. */
  onStatus(listener: (status: IndexStatus) => void): () => void {
    return this.reports.on(listener);
  }

  /** Every file that was met, with the reason where it was skipped; skipped folders end in a slash. */
  files(): IndexedFile[] {
    return this.folders.flatMap(filesIn);
  }

  /** Best passages first; also while the index is incomplete. */
  search(question: string, scope: SearchScope): SearchResult[] {
    const results = searchFolders(this.folders, question, scope);
    if (this.folders.some(({ index }) => index.answers.needsGraph)) this.graphWanted = true;
    // An index found damaged while searching was emptied.
    if (this.hasWork()) this.start();
    return results;
  }

  /**
   * Passages of other files in the same folder that resemble `text`, a piece of `file`; most similar first. What must
   * not be read by now is left out.
   */
  async similar(
    file: string,
    text: string,
    languages: readonly string[],
    limit: number,
  ): Promise<SimilarPassage[]> {
    const folder = folderOf(this.folders, file);
    return folder ? similarIn(folder, file, text, languages, limit, (other) => this.read(other)) : [];
  }

  /** For a search of the same places; undefined without an encoder, and while no passage has a vector. */
  async closeTo(
    question: string,
    places: SearchPlaces,
    signal?: AbortSignal,
  ): Promise<ClosePassages | undefined> {
    const vector = await this.encoding.vectorOf(question, signal);
    const { signal: halted } = this.stop;
    const either = signal ? AbortSignal.any([signal, halted]) : halted;
    return vector && closeIn(this.folders, vector, places, either);
  }

  /** Which words of a passage match the question: UTF-16 ranges within `text`. */
  highlights(question: string, text: string): { start: number; end: number }[] {
    return highlightsOf(question, text);
  }

  /** The file's text as it is now, if its rules let it be read; line ends as in the file. */
  async read(file: string): Promise<string | undefined> {
    const folder = folderOf(this.folders, file);
    if (!folder || 'skipped' in folder.index.rules.verdict(file)) return undefined;
    const read = await readTextFile(file);
    return 'skipped' in read ? undefined : read.text;
  }

  /** Display paths of the workspace files that import this one; empty while the index does not know. */
  importersOf(file: string): string[] {
    const folder = folderOf(this.folders, file);
    return folder ? importersIn(folder, file) : [];
  }

  /** Stops at the next step and closes the files. The index cannot be used afterwards. */
  async close(): Promise<void> {
    await this.halt();
    this.stop.abort();
    for (const { index } of this.folders) index.close();
    this.folders = [];
    this.reports.clear();
  }

  /** For evaluation. */
  get parts(): readonly FolderIndex[] {
    return this.folders.map(({ index }) => index);
  }

  private async halt(): Promise<void> {
    this.stop.abort();
    this.unchanged.abort();
    await this.running?.catch(() => {});
    await this.encoding.halt();
    this.stop = new AbortController();
  }

  private hasWork(): boolean {
    return (
      this.hasFiles() || (this.graphWanted && this.folders.some(({ index }) => index.answers.needsGraph))
    );
  }

  /** Some are still to be looked at. */
  private hasFiles(): boolean {
    return this.changes.length > 0 || this.folders.some(({ index }) => !index.scanned || index.waiting > 0);
  }

  private async run(signal: AbortSignal): Promise<void> {
    // The caller goes on first: starting costs it nothing.
    const turn = turnKeeper();
    try {
      await turn.next(signal);
      while (this.hasFiles() && !this.paused) {
        await this.takeChanges(signal);
        for (const { index } of this.folders) {
          if (!index.scanned) {
            this.reports.tell('scanning');
            await index.scan(signal);
          }
          while (!this.paused && (await index.step(signal))) {
            this.tellSometimes('indexing');
            // Changes are newer than what waits.
            if (this.changes.length > 0) await this.takeChanges(signal);
            if (turn.isOver()) await turn.next(signal);
          }
        }
      }
      if (this.paused) return;
      for (const { index } of this.folders) while (index.tidy()) await turn.next(signal);
      this.reports.tell('ready');
      await this.refine(signal);
    } catch (error) {
      // A change stopped the graph: it is taken, and the graph begun again, in the next run.
      if (signal.aborted || error === this.unchanged.signal.reason) return;
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** What makes answers better and can wait: the graph, then vectors. Changes come first. */
  private async refine(signal: AbortSignal): Promise<void> {
    const idle = () => !signal.aborted && !this.paused && this.changes.length === 0;
    for (const { index } of this.folders) {
      if (idle() && this.graphWanted && index.answers.needsGraph) {
        this.unchanged = new AbortController();
        await index.answers.buildGraph(this.unchanged.signal);
      }
    }
    if (!idle()) return;
    this.graphWanted = false;
    this.encoding.wake();
  }

  private async takeChanges(signal: AbortSignal): Promise<void> {
    const changes = this.changes.splice(0);
    for (const { index } of this.folders) await index.apply(changes, signal);
  }

  private fail(reason: string): void {
    this.paused = true;
    this.encoding.pause();
    this.reports.tell('failed', reason);
  }

  private tellSometimes(state: IndexStatus['state']): void {
    if (!this.paused) this.reports.tellSometimes(state);
  }
}
