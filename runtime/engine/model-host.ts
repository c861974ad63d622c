import { Priority, type LanguageModel } from '../inference/language-model';
import type { EngineStatus } from '../protocol/engine';
import { isAdapterError, isCancelled, messageOf } from '../protocol/errors';
import { Checkpoints } from '../state/checkpoints';
import type { SavedStates } from '../state/saved-states';
import type { Logger } from './log';
import { maySaveText } from './saved-states';

export interface LoadedModel {
  model: LanguageModel;
  checkpoints: Checkpoints;
}

export interface ModelHostOptions {
  name: string;
  /** @param gpuFailed why the GPU is not to be tried again */
  load: (gpuFailed?: string) => Promise<LanguageModel>;
  /** What is on disk for the model; absent = nothing is saved. */
  openSaved?: (stateKey: string) => Promise<SavedStates | undefined>;
  /** Languages that the model's folder declares, known before it is loaded. */
  languages: string[];
  statesLimitBytes: number;
  /** Milliseconds without use after which the model leaves memory. */
  idleMs: number;
  log: Logger;
  onChange: () => void;
}

/** After a failed load, later requests fail at once with the same message for this long, so that typing does not retry per key. */
const retryAfterMs = 15_000;
/** A process that shall end must not be kept from it; each state takes some 30 ms. */
const persistMs = 1000;

/** Loads the model on first need, keeps it while it is used, and lets it go when nobody has asked for a while. */
export class ModelHost {
  private loading: Promise<LoadedModel> | undefined;
  private loaded: LoadedModel | undefined;
  private failure: { message: string; at: number } | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private users = 0;
  private gpuFailed: string | undefined;
  private statesLimitBytes: number;

  constructor(private readonly options: ModelHostOptions) {
    this.statesLimitBytes = options.statesLimitBytes;
  }

  /** From now on kept states take at most this much. */
  setStatesLimit(bytes: number): void {
    if (bytes === this.statesLimitBytes) return;
    this.statesLimitBytes = bytes;
    this.loaded?.checkpoints.setLimit(bytes);
  }

  /** Runs `job` with the model; while any job runs, the model stays. */
  async use<T>(job: (loaded: LoadedModel) => Promise<T>): Promise<T> {
    this.users++;
    clearTimeout(this.idleTimer);
    try {
      return await job(await this.get());
    } catch (error) {
      if (isAdapterError(error)) this.leaveGpu(messageOf(error));
      throw error;
    } finally {
      this.users--;
      this.armIdleTimer();
    }
  }

  /** The model where it is in memory already. */
  get current(): LoadedModel | undefined {
    return this.loaded;
  }

  get busy(): boolean {
    return this.users > 0;
  }

  get languages(): string[] {
    return this.loaded?.model.info.languages ?? this.options.languages;
  }

  status(): EngineStatus['model'] {
    const { name } = this.options;
    if (this.loaded) {
      const { languages, provider, fallback, precision, loadMs } = this.loaded.model.info;
      return { name, state: 'ready', languages, provider, fallback, precision, loadMs };
    }
    const { languages } = this.options;
    if (this.loading) return { name, state: 'loading', languages };
    if (this.failure) return { name, state: 'failed', languages, error: this.failure.message };
    return { name, state: 'unloaded', languages };
  }

  /** Lets the model go now, unless something runs with it. Its states stay on disk. Answers whether it did. */
  async unload(): Promise<boolean> {
    if (!this.loaded || this.users > 0) return false;
    const { model, checkpoints } = this.loaded;
    clearTimeout(this.idleTimer);
    await this.persist(checkpoints);
    // A request came while the states were written.
    if (this.users > 0 || this.loaded?.model !== model) return false;
    this.loaded = undefined;
    checkpoints.clear();
    await model.dispose();
    this.options.log.info('Model unloaded', { model: this.options.name });
    this.options.onChange();
    return true;
  }

  /** Loads the model anew, where it is to run now, unless it is in use. Answers whether it did. A GPU that failed is tried again. */
  async reload(): Promise<boolean> {
    if (!(await this.unload())) return false;
    this.gpuFailed = undefined;
    await this.use(() => Promise.resolve());
    return true;
  }

  async dispose(): Promise<void> {
    clearTimeout(this.idleTimer);
    await this.loading?.catch(() => undefined);
    const loaded = this.loaded;
    this.loaded = undefined;
    if (loaded) await this.persist(loaded.checkpoints);
    await loaded?.model.dispose();
  }

  /** What shall be on disk and is not yet gets there, as far as there is time. */
  private async persist(checkpoints: Checkpoints): Promise<void> {
    const work = { priority: Priority.Background, signal: AbortSignal.timeout(persistMs) };
    await checkpoints.persist(work, maySaveText).catch((error: unknown) => {
      if (!isCancelled(error)) this.options.log.warn('States were not saved', { error: messageOf(error) });
    });
  }

  /** What was read is lost with the adapter. The next request loads the model on the CPU. */
  private leaveGpu(reason: string): void {
    const { loaded } = this;
    if (!loaded) return;
    this.loaded = undefined;
    this.gpuFailed = reason;
    this.options.log.warn('The GPU failed: the model goes on on the CPU', { error: reason });
    loaded.checkpoints.clear();
    void loaded.model.dispose().catch(() => undefined);
    this.options.onChange();
  }

  private get(): Promise<LoadedModel> {
    if (this.loaded) return Promise.resolve(this.loaded);
    if (this.failure && Date.now() - this.failure.at < retryAfterMs)
      return Promise.reject(new Error(this.failure.message));
    if (!this.loading) {
      this.loading = this.load();
      this.options.onChange();
    }
    return this.loading;
  }

  private async load(): Promise<LoadedModel> {
    const { log, load, openSaved, name, onChange } = this.options;
    try {
      const model = await load(this.gpuFailed);
      const saved = await openSaved?.(model.info.stateKey);
      this.loaded = { model, checkpoints: new Checkpoints(model, this.statesLimitBytes, saved) };
      this.failure = undefined;
      log.info('Model loaded', {
        model: name,
        ms: Math.round(model.info.loadMs),
        msSinceStart: Math.round(performance.now()),
        precision: model.info.precision,
        provider: model.info.provider,
      });
      const { fallback } = model.info;
      if (fallback !== undefined && fallback !== this.gpuFailed)
        log.warn('The model runs on the CPU', { reason: fallback });
      this.sayWhereStatesAreLarge(model);
      return this.loaded;
    } catch (error) {
      this.failure = { message: messageOf(error), at: Date.now() };
      log.error('Model not loaded', { model: name, error: messageOf(error) });
      throw error;
    } finally {
      this.loading = undefined;
      onChange();
    }
  }

  /** Attention without a window keeps every token: such states may not fit, and what was read is then read again. */
  private sayWhereStatesAreLarge({ info }: LanguageModel): void {
    if (info.stateBytes <= this.statesLimitBytes) return;
    this.options.log.warn('States of this model are larger than what may be kept of them', {
      model: info.name,
      stateMB: Math.round(info.stateBytes / 1e6),
      keptMB: Math.round(this.statesLimitBytes / 1e6),
      advice: 'Raise "longview.engine.memoryLimit", or choose a model that keeps less.',
    });
  }

  private armIdleTimer(): void {
    if (this.users > 0 || !this.loaded) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => void this.unload(), this.options.idleMs);
    this.idleTimer.unref();
  }
}
