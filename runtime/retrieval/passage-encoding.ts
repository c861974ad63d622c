/**
 * Gives the passages of all folders their vectors, in the background and apart from the reading of files: this takes from
 * seconds to days, and neither changes nor questions wait for it.
 */
import { Priority } from '../inference/language-model';
import type { TextEncoder, TextVector } from '../inference/text-encoder';
import { isCancelled, messageOf } from '../protocol/errors';
import type { VectorStatus } from '../protocol/index-status';
import type { FolderVectors } from './folder-vectors';

/** What stood in the way may be gone by then: a model is added, a limit raised. */
const RETRY_MS = 60_000;

export interface PassageEncodingOptions {
  /** Asked anew each time; undefined = none, and words alone decide. */
  encoder: () => TextEncoder | undefined;
  folders: () => readonly FolderVectors[];
  /** @param ended nothing more follows for now */
  onChange: (ended: boolean) => void;
}

export class PassageEncoding {
  private encoder: TextEncoder | undefined;
  private running: Promise<void> | undefined;
  /** Something has changed since the run in progress began. */
  private wanted = false;
  private paused = false;
  private problem: string | undefined;
  private stop = new AbortController();
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: PassageEncodingOptions) {}

  /** Undefined where no encoder is chosen. */
  status(): VectorStatus | undefined {
    const encoder = this.options.encoder();
    if (!encoder) return undefined;
    const status: VectorStatus = { encoder: encoder.name, passages: 0, encoded: 0 };
    // Those of another encoder are not its own.
    const folders = encoder === this.encoder ? this.options.folders() : [];
    for (const { share } of folders) {
      status.passages += share.passages;
      status.encoded += share.encoded;
    }
    return this.problem === undefined ? status : { ...status, problem: this.problem };
  }

  /** There may be passages without vectors, or another encoder. Returns at once. */
  wake(): void {
    clearTimeout(this.retry);
    const encoder = this.options.encoder();
    if (encoder !== this.encoder) {
      this.interrupt();
      this.encoder = encoder;
      this.problem = undefined;
      for (const folder of this.options.folders()) folder.reset();
    }
    this.wanted = encoder !== undefined;
    if (!encoder || this.running || this.paused) return;
    this.running = this.run(encoder, this.stop.signal).finally(() => {
      this.running = undefined;
      if (this.wanted) this.wake();
    });
  }

  pause(): void {
    this.paused = true;
    this.wanted = false;
    this.interrupt();
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  /** Resolves when nothing is left to do, or something stands in the way. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Ends at the next step. */
  async halt(): Promise<void> {
    clearTimeout(this.retry);
    this.wanted = false;
    this.interrupt();
    await this.idle();
  }

  /** A question's place among the passages; undefined where none of them has a vector. */
  async vectorOf(question: string, signal?: AbortSignal): Promise<TextVector | undefined> {
    const encoder = this.options.encoder();
    if (!encoder) return undefined;
    try {
      const key = await encoder.key();
      if (!this.options.folders().some((folder) => folder.has(key))) return undefined;
      const [values] = await encoder.encode([question], { priority: Priority.Question, signal });
      return { encoder: key, values: values! };
    } catch (error) {
      if (!isCancelled(error) && !signal?.aborted) {
        this.fail(error);
        this.options.onChange(true);
      }
      throw error;
    }
  }

  private interrupt(): void {
    this.stop.abort();
    this.stop = new AbortController();
  }

  private async run(encoder: TextEncoder, signal: AbortSignal): Promise<void> {
    this.wanted = false;
    const onProgress = () => {
      this.problem = undefined;
      this.options.onChange(false);
    };
    try {
      let filled = true;
      for (const folder of this.options.folders())
        filled = (await folder.fill(encoder, signal, onProgress)) && filled;
      if (filled) this.problem = undefined;
      else this.retryLater();
    } catch (error) {
      if (!isCancelled(error) && !signal.aborted) this.fail(error);
    }
    if (!signal.aborted) this.options.onChange(true);
  }

  private fail(error: unknown): void {
    this.problem = messageOf(error);
    this.retryLater();
  }

  private retryLater(): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.wake(), RETRY_MS);
    this.retry.unref();
  }
}
