import { isCancelled, messageOf } from '../../protocol/errors';
import type { Logger } from '../log';
import type { ModelHost } from '../model-host';
import { keyOf, type ModelChoice } from '../model-hosts';
import { chooseProvider, type ProviderChoice } from './choose-provider';
import type { CrashMark } from './crash-mark';
import { nameOf, type Probe } from './finding';
import type { ProviderProbes, ProbeOptions } from './probe-providers';
import type { ProbesFile } from './probes-file';

/** ms without a request before anything is probed: what is read ahead and saved comes first. */
const quietMs = 15_000;

export interface ProbingParts {
  probes: Pick<ProviderProbes, 'keyOf' | 'run' | 'driver'>;
  file: ProbesFile;
  mark: CrashMark;
  host: (choice: ModelChoice) => ModelHost;
  /** Nothing else runs. */
  isQuiet: () => boolean;
  /** Why nothing can be probed with a host's model, such as a lack of memory; undefined where it can. */
  obstacle: (host: ModelHost) => string | undefined;
  log: Logger;
}

/**
 * Chooses what models run on, where that is left to Longview. A model starts on the CPU; once it has served somebody and it has
 * been quiet for a while, the others are probed, in a process that any request ends. What was found is kept, and the model
 * moves where it is faster while nobody waits for it.
 */
export class ProviderProbing {
  /** Models that serve on the CPU for want of knowing better. */
  private readonly waiting = new Map<string, ModelChoice>();
  /** Models of which all is known, and which are where they should be. */
  private readonly settled = new Set<string>();
  private readonly chosen = new Map<string, ProviderChoice>();
  private readonly obstacles = new Map<string, string>();
  private running: AbortController | undefined;
  private readonly stopped = new AbortController();
  private readonly ends = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;
  private requests = 0;

  constructor(private readonly parts: ProbingParts) {}

  /** What to load a model on, by what is known. */
  choose(choice: ModelChoice): ProviderChoice {
    if (choice.provider !== 'auto') return { provider: choice.provider, reason: 'as set' };
    const chosen = this.unlessItCrashes(choice, chooseProvider(this.probed(choice) ?? []));
    this.chosen.set(keyOf(choice), chosen);
    return chosen;
  }

  /** What was chosen last; undefined where nothing was. */
  choiceOf(choice: ModelChoice): ProviderChoice | undefined {
    return this.chosen.get(keyOf(choice));
  }

  probed(choice: ModelChoice): Probe[] | undefined {
    const key = this.parts.probes.keyOf(choice);
    return key === undefined ? undefined : this.parts.file.get(key);
  }

  /** Why nothing was probed yet, where something stands in the way. */
  obstacle(choice: ModelChoice): string | undefined {
    return this.obstacles.get(keyOf(choice));
  }

  /** Somebody got what they asked this model for. */
  served(choice: ModelChoice): void {
    const key = keyOf(choice);
    if (choice.provider !== 'auto' || this.settled.has(key)) return;
    this.waiting.set(key, choice);
    this.arm();
  }

  /** A request begins. */
  begin(): void {
    this.requests++;
    clearTimeout(this.timer);
    this.running?.abort();
  }

  end(): void {
    this.requests--;
    this.arm();
  }

  /**
   * Probes now, whatever is known, as the user wants it.
   * @throws CancelledError
   */
  async probeNow(choice: ModelChoice, options: ProbeOptions): Promise<void> {
    // Its weights are known, and so the key of what is found, once it was loaded.
    await this.parts.host(choice).use(() => Promise.resolve());
    this.begin();
    try {
      await this.probe(choice, options);
    } finally {
      this.end();
    }
    this.parts.mark.leave();
    if (choice.provider === 'auto' && !(await this.move(choice, true))) this.served(choice);
  }

  /** What was kept of probes is gone. */
  forget(): void {
    this.chosen.clear();
    this.settled.clear();
  }

  /** Resolves when no probing process is left. */
  async stop(): Promise<void> {
    this.waiting.clear();
    clearTimeout(this.timer);
    this.stopped.abort();
    await Promise.all(this.ends);
    this.parts.mark.leave();
  }

  private unlessItCrashes(choice: ModelChoice, chosen: ProviderChoice): ProviderChoice {
    const { mark, probes } = this.parts;
    const key = probes.keyOf(choice);
    if (chosen.provider === 'cpu' || key === undefined || mark.enter(key)) return chosen;
    const name = nameOf(chosen.provider);
    return { provider: 'cpu', reason: `the engine ended twice in a row while the model was on ${name}` };
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.requests > 0 || this.running || this.waiting.size === 0) return;
    this.timer = setTimeout(() => void this.work(), quietMs);
    this.timer.unref();
  }

  private async work(): Promise<void> {
    const [first] = this.waiting;
    if (first && this.requests === 0 && !this.running && this.parts.isQuiet()) {
      const [key, choice] = first;
      if (await this.trySettle(choice)) this.waiting.delete(key);
    }
    this.arm();
  }

  private async trySettle(choice: ModelChoice): Promise<boolean> {
    const abort = (this.running = new AbortController());
    try {
      return await this.settle(choice, abort.signal);
    } catch (error) {
      if (isCancelled(error)) return false;
      this.parts.log.warn('No provider was chosen', { error: messageOf(error) });
      return true;
    } finally {
      this.running = undefined;
    }
  }

  /** Probes what is not known, and moves the model. Answers whether that is done with. */
  private async settle(choice: ModelChoice, signal: AbortSignal): Promise<boolean> {
    const host = this.parts.host(choice);
    // It has gone meanwhile, and waits again once it has served.
    if (!host.current) return true;
    if (!this.probed(choice)) {
      const obstacle = this.parts.obstacle(host);
      if (obstacle !== undefined) {
        this.obstacles.set(keyOf(choice), obstacle);
        return true;
      }
      await this.probe(choice, { signal });
    }
    return this.move(choice);
  }

  private async probe(choice: ModelChoice, options: ProbeOptions): Promise<void> {
    const { probes, file, log } = this.parts;
    const key = probes.keyOf(choice);
    if (key === undefined) throw new Error(`The weights of ${choice.name} have not been read`);
    log.info('Probing providers', { model: choice.name, driver: probes.driver.name });
    const signal = options.signal
      ? AbortSignal.any([this.stopped.signal, options.signal])
      : this.stopped.signal;
    const running = probes.run(choice, { ...options, signal });
    const end = running.catch(() => undefined).finally(() => this.ends.delete(end));
    this.ends.add(end);
    const found = await running;
    file.set(key, found);
    this.obstacles.delete(keyOf(choice));
    const { provider, reason } = chooseProvider(found);
    log.info('Providers probed', { model: choice.name, fastest: provider, reason });
  }

  /**
   * Answers false where somebody uses the model.
   * @param again even to a GPU that has failed it before
   */
  private async move(choice: ModelChoice, again = false): Promise<boolean> {
    const host = this.parts.host(choice);
    const { provider } = this.choose(choice);
    const info = host.current?.model.info;
    const failed = info?.fallback !== undefined && !again;
    const stays = !info || info.provider === provider || failed;
    const done = stays || (await host.reload());
    if (done) this.settled.add(keyOf(choice));
    return done;
  }
}
