import path from 'node:path';
import { loadLanguageModel } from '../inference/load';
import type { InitializeParams } from '../protocol/engine';
import { UserError } from '../protocol/errors';
import { openGrammars } from '../syntax';
import type { EngineAssets } from './assets';
import { CountedModel, newCounters, type WorkCounters } from './counted-model';
import { DataFolder } from './data-folder';
import type { EncoderHost } from './encoder-host';
import { Logger, type LogSink } from './log';
import { checkGrowth, holdCeiling, lacksRoomToProbe, residentBytes, statesLimitBytes } from './memory';
import { declaredLanguages } from './model-choice';
import { ModelHost } from './model-host';
import { modelChoice, ModelHosts, type ModelChoice } from './model-hosts';
import { DecodingSpeed } from './decoding-speed';
import { openEncoder } from './open-encoder';
import { CrashMark } from './providers/crash-mark';
import { ProbesFile } from './providers/probes-file';
import { notBuilt, ProviderProbes } from './providers/probe-providers';
import { ProviderProbing } from './providers/provider-probing';
import { QuietTime } from './quiet-time';
import { openSavedStates } from './saved-states';
import { Scheduler } from './scheduler';
import { Session } from './session';
import { Summaries } from './summaries';

export type { EngineAssets } from './assets';

/** Without a request for this long the model leaves memory. */
const idleMs = 10 * 60_000;
/** Passages are encoded only after this long without a key: each takes all threads for up to seconds. */
const quietMs = 2000;

/**
 * What all windows of a user share: the models and the turns on them, the memory ceiling, and the folder in which all is
 * saved. What is a window's own is its session.
 */
export class Engine {
  readonly data: DataFolder;
  readonly summaries: Summaries;
  readonly hosts: ModelHosts;
  readonly probing: ProviderProbing;
  readonly encoders: ModelHosts<EncoderHost>;
  private readonly scheduler = new Scheduler();
  private readonly sessions = new Map<Session, LogSink>();
  private readonly log: Logger;
  private readonly work = newCounters();
  private readonly quiet = new QuietTime(quietMs);
  /** Windows that come wait for it. */
  private prepared: Promise<void> | undefined;
  private hasCompleted = false;

  /** @param dataFolder made when absent, readable by its owner alone */
  constructor(
    dataFolder: string,
    readonly assets: EngineAssets,
  ) {
    // What concerns all is told to all.
    this.log = new Logger((record) => this.sessions.forEach((sink) => sink(record)));
    this.data = new DataFolder(dataFolder);
    this.summaries = new Summaries(this.data.summaries, this.log.in('summaries'));
    this.hosts = new ModelHosts((choice) => this.createHost(choice));
    this.probing = new ProviderProbing({
      probes: new ProviderProbes(assets, this.data.cache),
      file: new ProbesFile(this.data.cache),
      mark: new CrashMark(this.data.cache),
      host: (choice) => this.hosts.for(choice),
      isQuiet: () => this.isQuiet,
      obstacle: (host) =>
        assets.probePath === undefined ? notBuilt : lacksRoomToProbe(host, this.memoryLimit),
      log: this.log.in('providers'),
    });
    this.encoders = new ModelHosts((choice) => this.createEncoder(choice));
  }

  /** A window is about to connect, and what it shows will want a model: that is loaded meanwhile. */
  expect(params: InitializeParams): void {
    const host = this.hosts.for(modelChoice(params));
    if (!params.visibleLanguages?.some((id) => host.languages.includes(id))) return;
    // What goes wrong here goes wrong again for the window, and is told to it.
    (this.prepared ??= this.prepare()).then(() => host.use(() => Promise.resolve())).catch(() => undefined);
  }

  /** @throws UserError when the data folder is another one, or cannot be written */
  async open(params: InitializeParams, sink: LogSink): Promise<Session> {
    if (path.resolve(params.dataFolder) !== path.resolve(this.data.root)) {
      throw new UserError(
        `This engine keeps its data in ${this.data.root}, not in ${params.dataFolder}. Restart the engine.`,
      );
    }
    await (this.prepared ??= this.prepare());
    const session = new Session(this, params, new Logger(sink));
    this.sessions.set(session, sink);
    this.applyCeiling();
    try {
      await session.start();
    } catch (error) {
      await session.dispose();
      throw error;
    }
    return session;
  }

  get windows(): number {
    return this.sessions.size;
  }

  /** MB; the smallest that a window sets. */
  get memoryLimit(): number {
    return Math.min(...[...this.sessions.keys()].map(({ settings }) => settings.memoryLimit));
  }

  get stateBytes(): number {
    return this.hosts.all.reduce((sum, { current }) => sum + (current?.model.stateBytesHeld() ?? 0), 0);
  }

  get residentBytes(): number {
    return residentBytes();
  }

  counters(): WorkCounters {
    return structuredClone(this.work);
  }

  /** True once per process. */
  isFirstCompletion(): boolean {
    const first = !this.hasCompleted;
    this.hasCompleted = true;
    return first;
  }

  /** MB of states on disk: the smallest that a window sets; undefined where none does. */
  get storageLimit(): number | undefined {
    const limits = [...this.sessions.keys()].flatMap(({ settings }) => settings.storageLimit ?? []);
    return limits.length > 0 ? Math.min(...limits) : undefined;
  }

  /** A user waits for something: what is read in advance, for any window, makes way until it is there. */
  async inFront<T>(job: () => Promise<T>): Promise<T> {
    const readings = [...this.sessions.keys()].map(({ reading }) => reading);
    readings.forEach((reading) => reading.begin());
    try {
      return await this.quiet.during(job);
    } finally {
      readings.forEach((reading) => reading.end());
    }
  }

  /** Nothing is computed for anybody, in front or in the background. */
  private get isQuiet(): boolean {
    const busy = ({ reading, workspace }: Session) =>
      reading.active || ['scanning', 'indexing'].includes(workspace.status().state);
    return this.scheduler.idle && ![...this.sessions.keys()].some(busy);
  }

  /** After each piece of work. */
  async holdCeiling(): Promise<void> {
    if (this.sessions.size === 0) return;
    const { memoryLimit } = this;
    const action = await holdCeiling(this.hosts.all, memoryLimit, this.encoders.all);
    if (action !== 'none') this.log.warn('Memory limit reached', { action, limitMB: memoryLimit });
  }

  /** A window's settings, or the number of windows, have changed. */
  async settle(): Promise<void> {
    this.applyCeiling();
    // Without any window the process is about to end, unless one is just loaded anew and wants what it had.
    const models = [...this.sessions.keys()].map((session) => session.chosen);
    if (models.length === 0) return;
    await this.hosts.keepOnly(models.flatMap(({ reading }) => reading));
    await this.encoders.keepOnly(models.flatMap(({ encoder }) => encoder ?? []));
  }

  async unloadModel(host: ModelHost): Promise<void> {
    for (const session of this.sessions.keys()) if (session.host === host) session.reading.stop();
    await host.unload();
  }

  /** Deletes all that was saved, for all windows; they build their indexes anew. */
  async clearData(): Promise<{ bytesFreed: number }> {
    const cleared = this.deleteAll();
    this.prepared = cleared.then(
      () => undefined,
      () => (this.prepared = undefined),
    );
    const bytesFreed = await cleared;
    this.log.info('Saved data deleted', { bytes: bytesFreed });
    return { bytesFreed };
  }

  private async deleteAll(): Promise<number> {
    const sessions = [...this.sessions.keys()];
    await Promise.all(sessions.map((session) => session.workspace.close()));
    this.summaries.close();
    for (const { current } of this.hosts.all) {
      current?.checkpoints.clear();
      await current?.checkpoints.saved?.clear();
    }
    const bytes = await this.data.clear();
    this.probing.forget();
    const stillThere = sessions.filter((session) => this.sessions.has(session));
    await Promise.all(stillThere.map((session) => session.openWorkspace()));
    return bytes;
  }

  /** Called by the session itself. */
  async closed(session: Session): Promise<void> {
    this.sessions.delete(session);
    await this.settle();
  }

  async dispose(): Promise<void> {
    await this.probing.stop();
    await Promise.all([...this.sessions.keys()].map((session) => session.dispose()));
    this.summaries.close();
    await this.hosts.keepOnly([]);
    await this.encoders.keepOnly([]);
  }

  private async prepare(): Promise<void> {
    try {
      await this.data.prepare();
    } catch (error) {
      this.prepared = undefined;
      throw error;
    }
    void this.data.removeLeftovers();
    openGrammars(this.assets.grammarsFolder);
  }

  private applyCeiling(): void {
    if (this.sessions.size === 0) return;
    // Those that are still to be loaded have their share as well.
    const choices = [...this.sessions.keys()].flatMap(({ chosen }) => chosen.reading);
    const hosts = [...new Set(choices.map((choice) => this.hosts.for(choice)))];
    for (const host of hosts) {
      host.setStatesLimit(statesLimitBytes(this.memoryLimit) / hosts.length);
      const { storageLimit } = this;
      if (storageLimit !== undefined) void host.current?.checkpoints.saved?.setLimit(storageLimit * 1e6);
    }
  }

  private createHost(choice: ModelChoice): ModelHost {
    const host: ModelHost = new ModelHost({
      name: choice.name,
      languages: declaredLanguages(choice.folder),
      load: async (gpuFailed) => {
        const model = await loadLanguageModel({
          folder: choice.folder,
          cacheFolder: this.data.cache,
          precision: choice.precision,
          provider: this.probing.choose(choice).provider,
          fallBack: true,
          gpuFailed,
          threads: choice.threads,
          scheduler: this.scheduler,
          workerPath: this.assets.workerPath,
          onLog: (message) => this.log.in('model').info(message),
        });
        const speed = new DecodingSpeed(this.data.cache, choice.name);
        const mayGrow = (bytes: number) => checkGrowth(choice.name, bytes, this.hosts.all, this.memoryLimit);
        return new CountedModel(model, this.work, speed, mayGrow);
      },
      openSaved: async (stateKey) => {
        // A model that is loaded for a window which is still connecting: that window sets the limit.
        const limitMB = this.sessions.size > 0 ? this.storageLimit : Infinity;
        return limitMB === undefined
          ? undefined
          : openSavedStates(this.data.states, stateKey, limitMB, this.log.in('states'));
      },
      statesLimitBytes: this.sessions.size > 0 ? statesLimitBytes(this.memoryLimit) : 0,
      idleMs,
      log: this.log.in('model'),
      onChange: () => {
        for (const session of this.sessions.keys()) if (session.host === host) session.changed();
      },
    });
    return host;
  }

  private createEncoder(choice: ModelChoice): EncoderHost {
    return openEncoder(choice, {
      cacheFolder: this.data.cache,
      workerPath: this.assets.workerPath,
      scheduler: this.scheduler,
      memoryLimit: () => this.memoryLimit,
      quiet: (signal) => this.quiet.begun(signal),
      idleMs,
      log: this.log.in('encoder'),
      onGone: (host) => {
        for (const session of this.sessions.keys())
          if (session.encoder === host) session.workspace.releaseVectors();
      },
      onWork: () => this.holdCeiling(),
    });
  }
}
