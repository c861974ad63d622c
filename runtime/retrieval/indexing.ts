/**
 * Keeps the index files of all folders up to date in the background: first what files hold, then what makes answers better
 * and can wait, the graph and vectors. After a restart it re-does only what changed.
 */
import type { FileChange, IndexState } from '../protocol/index-status';
import type { FolderIndex } from './folder-index';
import type { IndexReports } from './index-reports';
import type { PassageEncoding } from './passage-encoding';
import { turnKeeper } from './turns';

export interface IndexingOptions {
  folders: () => readonly FolderIndex[];
  encoding: PassageEncoding;
  reports: IndexReports;
}

export class Indexing {
  private paused = false;
  private running?: Promise<void>;
  private stop = new AbortController();
  private changes: FileChange[] = [];
  /** Once at first, then whenever a question was answered without what changed since. */
  private graphWanted = true;
  /** Aborted by the next change, which does not wait until the graph is built, and by a halt. */
  private unchanged = new AbortController();

  constructor(private readonly options: IndexingOptions) {}

  /** Aborted when what runs on the index files must end. */
  get signal(): AbortSignal {
    return this.stop.signal;
  }

  /** Returns at once; `idle()` waits. */
  start(): void {
    if (this.running || this.paused || this.stop.signal.aborted) return;
    this.running = this.run(this.stop.signal).finally(() => {
      this.running = undefined;
      // What came in during the last moments.
      if (this.hasWork()) this.start();
    });
  }

  /** Resolves when no file is left to be read, or this is paused, failed or closed. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  pause(): void {
    this.paused = true;
    this.options.encoding.pause();
    this.options.reports.tell('paused');
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.options.encoding.resume();
    this.options.reports.tell(this.hasWork() ? 'indexing' : 'ready');
    this.start();
  }

  fail(reason: string): void {
    this.paused = true;
    this.options.encoding.pause();
    this.options.reports.tell('failed', reason);
  }

  /** Ends at the next step; `restart` begins anew. */
  async halt(): Promise<void> {
    this.stop.abort();
    this.unchanged.abort();
    await this.running?.catch(() => {});
    await this.options.encoding.halt();
    this.stop = new AbortController();
  }

  /** Also where it was paused or had failed. */
  restart(): void {
    this.paused = false;
    this.options.encoding.resume();
    this.start();
  }

  /** Ends at the next step, and begins no more. */
  async close(): Promise<void> {
    await this.halt();
    this.stop.abort();
  }

  /** They are searchable a moment later. */
  applyChanges(changes: readonly FileChange[]): void {
    this.changes.push(...changes);
    this.unchanged.abort();
    this.start();
  }

  encoderChanged(): void {
    // Files come first, and end with this.
    if (!this.hasWork()) this.options.encoding.wake();
    this.options.reports.tellAgain();
  }

  /** A question was answered from what is there. */
  wasAsked(): void {
    if (this.needsGraph()) this.graphWanted = true;
    // An index found damaged while searching was emptied.
    if (this.hasWork()) this.start();
  }

  tellSometimes(state: IndexState): void {
    if (!this.paused) this.options.reports.tellSometimes(state);
  }

  private hasWork(): boolean {
    return this.hasFiles() || (this.graphWanted && this.needsGraph());
  }

  /** Some are still to be looked at. */
  private hasFiles(): boolean {
    return (
      this.changes.length > 0 || this.options.folders().some((index) => !index.scanned || index.waiting > 0)
    );
  }

  private needsGraph(): boolean {
    return this.options.folders().some(({ answers }) => answers.needsGraph);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { folders, reports } = this.options;
    // The caller goes on first: starting costs it nothing.
    const turn = turnKeeper();
    try {
      await turn.next(signal);
      while (this.hasFiles() && !this.paused) {
        await this.takeChanges(signal);
        for (const index of folders()) {
          if (!index.scanned) {
            reports.tell('scanning');
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
      for (const index of folders()) while (index.tidy()) await turn.next(signal);
      reports.tell('ready');
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
    for (const { answers } of this.options.folders()) {
      if (idle() && this.graphWanted && answers.needsGraph) {
        this.unchanged = new AbortController();
        await answers.buildGraph(this.unchanged.signal);
      }
    }
    if (!idle()) return;
    this.graphWanted = false;
    this.options.encoding.wake();
  }

  private async takeChanges(signal: AbortSignal): Promise<void> {
    const changes = this.changes.splice(0);
    for (const index of this.options.folders()) await index.apply(changes, signal);
  }
}
