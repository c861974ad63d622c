import { Emitter, type Event, type RequestType0 } from 'vscode-jsonrpc';
import type { EngineStatus, InitializeParams, LogRecord } from '../../runtime/protocol/engine';
import type { IndexStatus } from '../../runtime/protocol/index-status';
import { EngineStatusChanged, IndexStatusChanged, Initialize, Log } from '../../runtime/protocol/methods';
import { messageOf } from '../../runtime/protocol/errors';
import { meetingPoint, type MeetingPoint } from '../../runtime/wire/meeting-point';
import { decideRestart, defaultRestartPolicy, type RestartPolicy } from './backoff';
import type { EngineLink, LinkEnd } from './engine-link';
import { EngineRequests, isConnectionLoss } from './engine-requests';
import { EngineUnavailableError, whyUnavailable, type EngineState } from './engine-state';
import type { ProcessEnd } from './launch';
import { Observed } from './observed';
import { LaunchFailedError, askRunningEngine, reachEngine } from './reach';

export interface EngineClientOptions {
  modulePath: string;
  /** Of the extension: windows of different versions do not share an engine. */
  version: string;
  /** Asked anew at every start, so that a restarted engine gets the settings and folders of that moment. */
  initializeParams(): InitializeParams;
  log(record: LogRecord): void;
  policy?: RestartPolicy;
}

/**
 * The engine as this window sees it: joined or started on first need, started again with back-off when it ends by itself,
 * left when it is not allowed to run. Other windows of the user may use the same one. Holds no timer and no connection
 * while it is stopped.
 */
export class EngineClient extends EngineRequests {
  private readonly observedState = new Observed<EngineState>({ kind: 'stopped' });
  private readonly observedStatus = new Observed<EngineStatus | undefined>(undefined);
  private readonly observedIndex = new Observed<IndexStatus | undefined>(undefined);
  private readonly connectedEmitter = new Emitter<InitializeParams>();

  readonly onState = this.observedState.onChange;
  readonly onStatus = this.observedStatus.onChange;
  readonly onIndexStatus = this.observedIndex.onChange;
  /** Fires after every start, before any request is sent, with what the engine was told: the place to replay what else it must know. */
  readonly onConnected: Event<InitializeParams> = this.connectedEmitter.event;

  private allowed = false;
  private starting: Promise<void> | undefined;
  /** A connection that is being made; who stops meanwhile waits for it, so that nothing is left behind. */
  private reaching: Promise<EngineLink> | undefined;
  private stopping: Promise<void> | undefined;
  private cancelRestart: () => void = () => undefined;
  private crashes: readonly number[] = [];
  /** Counts stops: a start that was begun before the last one must not go on. */
  private generation = 0;

  constructor(private readonly options: EngineClientOptions) {
    super();
  }

  get state(): EngineState {
    return this.observedState.value;
  }

  get status(): EngineStatus | undefined {
    return this.observedStatus.value;
  }

  get indexStatus(): IndexStatus | undefined {
    return this.observedIndex.value;
  }

  get pid(): number | undefined {
    const { state } = this;
    return state.kind === 'running' ? state.pid : undefined;
  }

  get isAllowed(): boolean {
    return this.allowed;
  }

  /** Permission to run at all. Withdrawing it ends the process where no other window uses it; settles when it is gone. */
  async setAllowed(allowed: boolean): Promise<void> {
    if (this.allowed === allowed) return this.stopping;
    this.allowed = allowed;
    if (!allowed) await this.stop((link) => link.leave());
  }

  /** Starts the engine where it is not running yet. Where a restart is due, waits for it rather than past it. */
  async ensureStarted(): Promise<void> {
    if (!this.allowed) throw new EngineUnavailableError('Longview is switched off here.', 'not-allowed');
    const { state } = this;
    if (state.kind === 'failed') throw whyUnavailable(state);
    if (state.kind === 'running') return;
    await (this.starting ?? this.begin(0));
  }

  /**
   * Asks an engine that other windows use, where this one may not have it; starts none.
   * @returns undefined where none runs
   */
  askOthers<R>(type: RequestType0<R, void>): Promise<R | undefined> {
    return askRunningEngine(this.point(), this.options.initializeParams(), type);
  }

  /** Ends the engine, for all windows, and starts it anew, forgetting earlier crashes. */
  async restart(): Promise<void> {
    await this.stop((link) => link.shutDown());
    this.crashes = [];
    await this.ensureStarted();
  }

  /** The window closes, or is loaded anew: an engine that nobody else uses ends in a moment, unless it is back by then. */
  async dispose(): Promise<void> {
    this.allowed = false;
    await this.stop((link) => Promise.resolve(link.close()));
  }

  /**
   * Starts after `delayMs`; `starting` is that attempt until it has ended, and whoever needs the engine awaits it. Without a delay
   * the process is started before this returns: in an editor that opens, every other extension would else have its turn first.
   */
  private begin(delayMs: number): Promise<void> {
    const generation = this.generation;
    let settle: (started: Promise<void>) => void = () => undefined;
    const attempt = new Promise<void>((resolve) => (settle = resolve)).finally(() => {
      if (this.starting === attempt) this.starting = undefined;
    });
    this.starting = attempt;
    // Nobody may be waiting for it; the state tells how it went.
    attempt.catch(() => undefined);
    settle(delayMs > 0 ? this.pause(delayMs).then(() => this.start(generation)) : this.start(generation));
    return attempt;
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, delayMs);
      this.cancelRestart = () => {
        clearTimeout(timer);
        reject(whyUnavailable({ kind: 'stopped' }));
      };
    });
  }

  private async start(generation: number): Promise<void> {
    if (this.stopping) await this.stopping;
    if (generation !== this.generation) throw this.unavailable();
    this.observedState.set({ kind: 'starting' });
    this.log('info', 'Looking for the engine');
    const link = await this.reach(generation);
    this.link = link;
    const { connection } = link;
    connection.onNotification(EngineStatusChanged, (status) => this.observedStatus.set(status));
    connection.onNotification(IndexStatusChanged, (index) => this.observedIndex.set(index));
    connection.onNotification(Log, (record) => this.options.log(record));
    void link.ended.then((end) => this.onEnd(link, end));
    const params = this.options.initializeParams();
    try {
      const started = await connection.sendRequest(Initialize, params);
      if (this.link !== link) throw this.unavailable();
      this.connection = connection;
      this.log('info', `Engine ${started.version} is running`, { pid: started.pid });
      this.observedState.set({ kind: 'running', pid: started.pid });
      this.connectedEmitter.fire(params);
    } catch (error) {
      if (this.link !== link) throw this.unavailable();
      if (!isConnectionLoss(error)) {
        // It runs and says why it cannot work: starting it again would change nothing.
        await this.fail(messageOf(error));
        throw this.unavailable();
      }
      await link.ended;
      throw this.unavailable();
    }
  }

  /** Joins the engine or starts it. What it comes to when it is stopped meanwhile is for `stop` to undo. */
  private async reach(generation: number): Promise<EngineLink> {
    const reaching = (this.reaching = reachEngine(
      this.options.modulePath,
      this.point(),
      this.options.initializeParams(),
    ));
    try {
      const link = await reaching;
      if (generation !== this.generation) throw this.unavailable();
      return link;
    } catch (error) {
      if (generation !== this.generation) throw this.unavailable();
      if (error instanceof LaunchFailedError) this.onCrash(error.end, error.stderr);
      else await this.fail(messageOf(error));
      throw this.unavailable();
    } finally {
      if (this.reaching === reaching) this.reaching = undefined;
    }
  }

  private point(): MeetingPoint {
    const { modulePath, version, initializeParams } = this.options;
    return meetingPoint(initializeParams().dataFolder, version, modulePath);
  }

  private onEnd(link: EngineLink, end: LinkEnd): void {
    if (this.link !== link) return;
    this.forget();
    if (!end.announced) return this.onCrash(end, end.stderr);
    this.log('info', 'The engine is restarted, as another window asked for it');
    void this.begin(0);
    this.observedState.set({ kind: 'starting' });
  }

  private onCrash({ code, signal }: ProcessEnd, stderr: string): void {
    const how = signal ? `signal ${signal}` : code !== null ? `exit code ${code}` : 'its connection was lost';
    this.log('error', `The engine ended unexpectedly (${how})`, stderr ? { stderr } : undefined);
    const decision = decideRestart(this.crashes, Date.now(), this.options.policy ?? defaultRestartPolicy);
    this.crashes = decision.crashes;
    if (decision.action === 'give-up') {
      this.observedState.set({
        kind: 'failed',
        reason: `The engine ended ${decision.crashes.length} times in a row (${how}).`,
      });
      return;
    }
    void this.begin(decision.delayMs);
    this.observedState.set({
      kind: 'restarting',
      crashes: decision.crashes.length,
      delayMs: decision.delayMs,
      reason: how,
    });
  }

  private async fail(reason: string): Promise<void> {
    await this.stop((link) => link.leave());
    this.observedState.set({ kind: 'failed', reason });
  }

  /** @param part how to part with the engine */
  private async stop(part: (link: EngineLink) => Promise<void>): Promise<void> {
    this.generation++;
    this.cancelRestart();
    this.starting = undefined;
    const { link, reaching } = this;
    if (link) {
      this.forget();
      this.stopping = part(link);
    } else if (reaching) {
      this.stopping = reaching.then(part, () => undefined);
    }
    this.observedState.set({ kind: 'stopped' });
    await this.stopping;
  }

  private forget(): void {
    this.link = undefined;
    this.connection = undefined;
    this.observedStatus.set(undefined);
    this.observedIndex.set(undefined);
  }

  protected unavailable(): EngineUnavailableError {
    return whyUnavailable(this.state);
  }

  protected log(level: LogRecord['level'], message: string, fields?: LogRecord['fields']): void {
    this.options.log({
      time: new Date().toISOString(),
      level,
      scope: 'client',
      message,
      ...(fields && { fields }),
    });
  }
}
