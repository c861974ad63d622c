import { existsSync } from 'node:fs';
import path from 'node:path';
import { Priority, type WorkOptions } from '../inference/language-model';
import type { LoadedTextEncoder, TextEncoder } from '../inference/text-encoder';
import type { ModelState } from '../protocol/engine';
import { CancelledError, messageOf, UserError } from '../protocol/errors';
import type { Logger } from './log';

export interface EncoderHostOptions {
  /** As it was chosen: a name, or a folder's path. */
  name: string;
  folder: string;
  /** Of what lies in the folder now. */
  key: () => Promise<string>;
  load: (signal: AbortSignal) => Promise<LoadedTextEncoder>;
  /** Resolves when nobody has waited for anything for a while. */
  quiet: (signal?: AbortSignal) => Promise<void>;
  /** Milliseconds without use after which the encoder leaves memory. */
  idleMs: number;
  log: Logger;
  /** It was loaded, has left, or could not be loaded. */
  onChange: (state: ModelState) => void;
  /** After each piece of background work. */
  onWork: () => Promise<void>;
}

/** After a failed load, later requests fail at once with the same message for this long. */
const retryAfterMs = 15_000;

/** Loads the encoder on first need, keeps it while it is used, and lets it go when nothing was encoded for a while. */
export class EncoderHost implements TextEncoder {
  private loading: Promise<LoadedTextEncoder> | undefined;
  private loaded: LoadedTextEncoder | undefined;
  private failure: { error: unknown; at: number } | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private users = 0;
  private readonly disposing = new AbortController();

  constructor(private readonly options: EncoderHostOptions) {}

  get name(): string {
    return path.basename(this.options.name);
  }

  get state(): ModelState {
    if (this.loaded) return 'ready';
    if (this.loading) return 'loading';
    return this.failure ? 'failed' : 'unloaded';
  }

  async key(): Promise<string> {
    // What is in memory stays what it is, whatever happens to its folder.
    if (this.loaded) return this.loaded.key();
    this.requireFolder();
    return this.options.key();
  }

  async encode(texts: readonly string[], work: WorkOptions): Promise<Float32Array[]> {
    const background = work.priority === Priority.Encoding;
    if (background) await this.options.quiet(work.signal);
    this.users++;
    clearTimeout(this.idleTimer);
    try {
      return await (await this.get()).encode(texts, work);
    } finally {
      this.users--;
      this.armIdleTimer();
      if (background) await this.options.onWork();
    }
  }

  /** Lets the encoder go now, unless something runs with it. Answers whether it did. */
  async unload(): Promise<boolean> {
    const { loaded } = this;
    if (!loaded || this.users > 0) return false;
    clearTimeout(this.idleTimer);
    this.loaded = undefined;
    await loaded.close();
    this.options.log.info('Encoder unloaded', { model: this.name });
    this.options.onChange(this.state);
    return true;
  }

  async dispose(): Promise<void> {
    clearTimeout(this.idleTimer);
    this.disposing.abort();
    await this.loading?.catch(() => undefined);
    await this.loaded?.close();
    this.loaded = undefined;
  }

  private requireFolder(): void {
    const { name, folder } = this.options;
    if (!existsSync(folder))
      throw new UserError(
        `There is no model "${name}" (longview.models.encoder). Add it, or choose another encoder, or none.`,
      );
  }

  private get(): Promise<LoadedTextEncoder> {
    if (this.disposing.signal.aborted) return Promise.reject(new CancelledError());
    if (this.loaded) return Promise.resolve(this.loaded);
    if (this.failure && Date.now() - this.failure.at < retryAfterMs)
      return Promise.reject(this.failure.error);
    return (this.loading ??= this.load());
  }

  private async load(): Promise<LoadedTextEncoder> {
    const { log, load, name, onChange } = this.options;
    const started = performance.now();
    try {
      this.requireFolder();
      this.loaded = await load(this.disposing.signal);
      this.failure = undefined;
      log.info('Encoder loaded', { model: name, ms: Math.round(performance.now() - started) });
      return this.loaded;
    } catch (error) {
      this.failure = { error, at: Date.now() };
      log.error('Encoder not loaded', { model: name, error: messageOf(error) });
      throw error;
    } finally {
      this.loading = undefined;
      onChange(this.state);
    }
  }

  private armIdleTimer(): void {
    if (this.users > 0 || !this.loaded) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => void this.unload(), this.options.idleMs);
    this.idleTimer.unref();
  }
}
