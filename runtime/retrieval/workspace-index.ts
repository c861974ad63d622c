/** The index of all folders of a window: opens and closes its files, and answers from them, also while they are incomplete. */
import path from 'node:path';
import type { TextEncoder } from '../inference/text-encoder';
import { displayPrefixes } from '../protocol/display-names';
import type { WorkspaceFolder } from '../protocol/engine';
import type { FileChange, IndexStatus, IndexedFile } from '../protocol/index-status';
import { FolderIndex } from './folder-index';
import { highlightsOf } from './highlights';
import { figuresOf, IndexReports } from './index-reports';
import { Indexing } from './indexing';
import { PassageEncoding } from './passage-encoding';
import { readTextFile } from './text-file';
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
  private readonly encoding: PassageEncoding;
  private readonly reports = new IndexReports(() => ({
    ...figuresOf(this.parts),
    vectors: this.encoding.status(),
  }));
  private readonly work: Indexing;

  constructor(private readonly options: WorkspaceIndexOptions) {
    this.encoding = new PassageEncoding({
      encoder: () => options.encoder?.(),
      folders: () => this.parts.map(({ vectors }) => vectors),
      onChange: (ended) => (ended ? this.reports.tellAgain() : this.work.tellSometimes(this.reports.state)),
    });
    this.work = new Indexing({
      folders: () => this.parts,
      encoding: this.encoding,
      reports: this.reports,
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
      this.work.fail(
        `The index cannot be kept in ${this.options.dataFolder}: ${cause}. Make that folder writable or free some space.`,
      );
      throw new Error(this.reports.reason, { cause: error });
    }
  }

  /** Brings the index up to date in the background. Returns at once; `idle()` waits. */
  start(): void {
    this.work.start();
  }

  /** Resolves when no file is left to be read, or the index is paused, failed or closed. */
  idle(): Promise<void> {
    return this.work.idle();
  }

  /** Resolves when every passage has its vector besides, or something stands in the way of that. */
  async encoded(): Promise<void> {
    await this.idle();
    await this.encoding.idle();
  }

  /** Another encoder may have been chosen, or none. */
  encoderChanged(): void {
    this.work.encoderChanged();
  }

  /** Holds no vectors in memory until the next question. */
  releaseVectors(): void {
    for (const { vectors } of this.parts) vectors.release();
  }

  pause(): void {
    this.work.pause();
  }

  resume(): void {
    this.work.resume();
  }

  /** Deletes the index files and begins anew. */
  async rebuild(): Promise<void> {
    await this.work.halt();
    for (const index of this.parts) index.rebuild();
    this.work.restart();
  }

  /** Notes changes on disk; they are searchable a moment later. */
  applyChanges(changes: readonly FileChange[]): void {
    this.work.applyChanges(changes);
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
    this.work.wasAsked();
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
    const halted = this.work.signal;
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
    await this.work.close();
    for (const index of this.parts) index.close();
    this.folders = [];
    this.reports.clear();
  }

  /** Also for evaluation. */
  get parts(): readonly FolderIndex[] {
    return this.folders.map(({ index }) => index);
  }
}
