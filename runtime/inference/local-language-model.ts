import { messageOf, throwIfAborted } from '../protocol/errors';
import type { Backend, BlockResult, Want } from './backend';
import type {
  DecodedToken,
  DecodeOptions,
  LanguageModel,
  ModelInfo,
  ModelState,
  Tokenizer,
  WorkOptions,
} from './language-model';
import { seededRandom } from '../models/seeded-random';
import { longReading, nextBlock, type BlockSizes, type NextBlock } from './placing';
import type { Choice } from './sampling';
import type { BlockScheduler } from './scheduling';
import type { StateSnapshot } from './snapshot';
import type { Ledger } from './state-ledger';

/** Tokens scored in one run: the logits of all of them are held. */
const mostScored = 512;

class StateHandle implements ModelState {
  length = 0;
  /** The last block was read on the device that helps. */
  onDevice = false;
  released = false;
  /** The block that runs on it now. */
  running: Promise<unknown> | undefined;

  constructor(readonly id: number) {}
}

/** The half of a mixed model that reads long texts. */
export interface OpenedDevice extends NonNullable<BlockSizes['device']> {
  weightBytes: number;
}

export interface LocalLanguageModelParts {
  info: ModelInfo;
  tokenizer: Tokenizer;
  backend: Backend;
  scheduler: BlockScheduler;
  ledger: Ledger;
  /** Tokens read in one run: a keystroke waits for at most one of these. */
  blockTokens: number;
  /** Ids the embedding has rows for. */
  vocabulary: number;
  /** Opens the device that helps with long texts; absent = none does. */
  openDevice?: (signal: AbortSignal) => Promise<OpenedDevice>;
  onLog?: (message: string) => void;
}

/** A model on this machine: cuts all work into blocks, has each wait for its turn, and keeps account of the states. */
export class LocalLanguageModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly tokenizer: Tokenizer;
  private readonly backend: Backend;
  private readonly scheduler: BlockScheduler;
  private readonly ledger: Ledger;
  private readonly vocabulary: number;
  private readonly blockTokens: number;
  /** Weights that one graph holds. */
  private readonly parts: Pick<LocalLanguageModelParts, 'openDevice' | 'onLog'>;
  private readonly disposed = new AbortController();
  private opening: Promise<void> | undefined;
  private device: OpenedDevice | undefined;
  private nextId = 1;
  private ringBytes = 0;

  constructor(parts: LocalLanguageModelParts) {
    const { info, tokenizer, backend, scheduler, ledger, vocabulary, blockTokens } = parts;
    this.info = info;
    this.tokenizer = tokenizer;
    this.backend = backend;
    this.scheduler = scheduler;
    this.ledger = ledger;
    this.vocabulary = vocabulary;
    this.blockTokens = blockTokens;
    this.parts = parts;
  }

  /**
   * Opens the device that helps with long texts, where one shall; the first of them does so too, and does not wait for it. Where that
   * fails, the CPU reads alone and `info.fallback` says why.
   */
  openDevice(): Promise<void> {
    return (this.opening ??= this.tryDevice());
  }

  create(): Promise<ModelState> {
    const handle = this.newHandle(0);
    this.backend.create(handle.id);
    this.ledger.create(handle.id);
    return Promise.resolve(handle);
  }

  /** Where a block runs on `state`, the fork holds that block as well. */
  async fork(state: ModelState): Promise<ModelState> {
    const from = this.handleOf(state);
    while (from.running) await from.running.catch(() => undefined);
    const handle = this.newHandle(this.handleOf(state).length);
    handle.onDevice = from.onDevice;
    this.backend.fork(handle.id, from.id);
    this.ledger.fork(handle.id, from.id);
    return handle;
  }

  release(state: ModelState): void {
    const handle = this.handleOf(state);
    handle.released = true;
    this.backend.release(handle.id);
    this.ledger.release(handle.id);
    // Rings go with their states; how many bytes are left the next block says.
    if (this.ledger.states === 0) this.ringBytes = 0;
  }

  async read(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<void> {
    const last = await this.readToLast(state, ids, options);
    if (last.length > 0) await this.block(state, last, { kind: 'nothing' }, options);
  }

  async *decode(
    state: ModelState,
    prompt: readonly number[],
    options: DecodeOptions,
  ): AsyncGenerator<DecodedToken, void, void> {
    if (prompt.length === 0) throw new Error('decode needs at least one token to read');
    if (options.maxTokens <= 0) return this.read(state, prompt, options);
    const { choose, draft } = choices(options);
    let next = await this.readToLast(state, prompt, options);
    const written: number[] = [];
    while (written.length < options.maxTokens) {
      const most = options.maxTokens - written.length;
      const drafts = written.length > 0 ? draft(written).slice(0, most - 1) : [];
      const want: Want = { kind: 'token', choice: choose(), drafts, most };
      const { tokens } = await this.block(state, next, want, options);
      for (const token of tokens!) {
        if (this.info.stop.includes(token.id)) return;
        written.push(token.id);
        yield token;
      }
      next = written.slice(-1);
    }
  }

  async score(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<Float32Array> {
    const scores = new Float32Array(ids.length);
    const blockTokens = Math.min(this.blockTokens, mostScored);
    for (let at = 0; at < ids.length; at += blockTokens) {
      const block = ids.slice(at, at + blockTokens);
      scores.set((await this.block(state, block, { kind: 'scores' }, options)).scores!, at);
    }
    return scores;
  }

  stateBytesHeld(): number {
    return this.ledger.bytes + this.ringBytes;
  }

  exclusiveBytes(state: ModelState): number {
    return this.ledger.exclusiveBytes(this.handleOf(state).id);
  }

  exportState(state: ModelState, options: WorkOptions): Promise<StateSnapshot> {
    return this.scheduler.run(options, () => this.backend.exportState(this.handleOf(state).id));
  }

  async importState(snapshot: StateSnapshot, options: WorkOptions): Promise<ModelState> {
    const handle = this.newHandle(snapshot.length);
    await this.scheduler.run(options, () => this.backend.importState(handle.id, snapshot));
    this.ledger.restore(handle.id, snapshot.length, snapshot.pending);
    return handle;
  }

  dispose(): Promise<void> {
    this.disposed.abort();
    return this.backend.close();
  }

  /** Reads all blocks but the last, and gives that. */
  private async readToLast(
    state: ModelState,
    ids: readonly number[],
    options: WorkOptions,
  ): Promise<readonly number[]> {
    for (let rest = ids; ;) {
      const { count } = this.nextBlock(this.handleOf(state), rest.length);
      if (count === rest.length) return rest;
      await this.block(state, rest.slice(0, count), { kind: 'nothing' }, options);
      rest = rest.slice(count);
    }
  }

  private nextBlock({ length, onDevice }: StateHandle, left: number): NextBlock {
    if (left >= longReading) void this.openDevice();
    return nextBlock({ left, length, onDevice }, { cpu: this.blockTokens, device: this.device });
  }

  private async tryDevice(): Promise<void> {
    const { openDevice } = this.parts;
    if (!openDevice) return;
    const { signal } = this.disposed;
    try {
      this.device = await openDevice(signal);
      this.info.weightBytes += this.device.weightBytes;
      this.info.blockTokens = this.device.longest;
    } catch (error) {
      if (!signal.aborted) this.leaveDevice(messageOf(error));
    }
  }

  private leaveDevice(reason: string): void {
    this.info.weightBytes -= this.device?.weightBytes ?? 0;
    this.device = undefined;
    Object.assign(this.info, { provider: 'cpu', fallback: reason, blockTokens: this.blockTokens });
    this.parts.onLog?.(`The CPU reads long texts as well: ${reason}`);
  }

  private async block(
    state: ModelState,
    ids: readonly number[],
    want: Want,
    options: WorkOptions,
  ): Promise<BlockResult> {
    throwIfAborted(options.signal);
    this.checkIds(want.kind === 'token' && want.drafts ? [...ids, ...want.drafts] : ids);
    return this.scheduler.run(options, async () => {
      const handle = this.handleOf(state);
      const onDevice = want.kind !== 'scores' && this.nextBlock(handle, ids.length).onDevice;
      const running = this.backend.run(handle.id, ids, want, onDevice);
      handle.running = running;
      try {
        const result = await running;
        const count = ids.length + (result.tokens ? result.tokens.length - 1 : 0);
        handle.length += count;
        if (!handle.released) this.ledger.advance(handle.id, count, result.pending);
        this.ringBytes = result.ringBytes;
        handle.onDevice = onDevice;
        if (this.device && result.deviceLost !== undefined) this.leaveDevice(result.deviceLost);
        return result;
      } finally {
        handle.running = undefined;
      }
    });
  }

  /** An id beyond the vocabulary would read memory that is not the embedding's. */
  private checkIds(ids: readonly number[]): void {
    for (const id of ids)
      if (!Number.isInteger(id) || id < 0 || id >= this.vocabulary)
        throw new Error(`There is no token ${id} in ${this.info.name}`);
  }

  private newHandle(length: number): StateHandle {
    const handle = new StateHandle(this.nextId++);
    handle.length = length;
    return handle;
  }

  private handleOf(state: ModelState): StateHandle {
    if (!(state instanceof StateHandle)) throw new Error('The state belongs to another model');
    if (state.released) throw new Error(`State ${state.id} was released`);
    return state;
  }
}

function choices({ sampling = { temperature: 0 }, draft }: DecodeOptions) {
  const { temperature, topP = 1, seed = 0 } = sampling;
  const random = seededRandom(seed);
  const drawn = temperature > 0;
  return {
    choose: (): Choice => ({ temperature, topP, random: drawn ? random() : 0 }),
    // Drawn tokens would each need a number of their own, which a wrong guess would have used up.
    draft: drawn || !draft ? () => [] : draft,
  };
}
