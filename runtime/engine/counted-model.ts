import { blocks } from '../graph/blocks';
import {
  Priority,
  type DecodedToken,
  type DecodeOptions,
  type LanguageModel,
  type ModelState,
  type WorkOptions,
} from '../inference/language-model';
import type { DecodingSpeed } from './decoding-speed';
import type { StateSnapshot } from '../inference/snapshot';
import { nextBlockTokens, remember, type TimedBlock } from './reading-pace';

/** Work done since the start, cancelled work included. */
export interface WorkCounters {
  tokensRead: { foreground: number; background: number };
  tokensGenerated: number;
}

export function newCounters(): WorkCounters {
  return { tokensRead: { foreground: 0, background: 0 }, tokensGenerated: 0 };
}

/** A model that keeps account of all tokens it reads and writes, whoever asked and whether or not anybody waited. */
export class CountedModel implements LanguageModel {
  private recent: readonly TimedBlock[] = [];

  /** @param mayGrow asked before each block of a long text, where states grow with the text; throws where there is no room */
  constructor(
    private readonly model: LanguageModel,
    private readonly counters: WorkCounters,
    private readonly speed?: DecodingSpeed,
    private readonly mayGrow?: (bytes: number) => void,
  ) {}

  get info() {
    return this.model.info;
  }

  get tokenizer() {
    return this.model.tokenizer;
  }

  create(): Promise<ModelState> {
    return this.model.create();
  }

  fork(state: ModelState): Promise<ModelState> {
    return this.model.fork(state);
  }

  release(state: ModelState): void {
    this.model.release(state);
  }

  exclusiveBytes(state: ModelState): number {
    return this.model.exclusiveBytes(state);
  }

  exportState(state: ModelState, options: WorkOptions): Promise<StateSnapshot> {
    return this.model.exportState(state, options);
  }

  importState(snapshot: StateSnapshot, options: WorkOptions): Promise<ModelState> {
    return this.model.importState(snapshot, options);
  }

  async read(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<void> {
    await this.counting(state, options, async () => {
      for (let rest = ids; rest.length > 0;) {
        const block = rest.slice(0, this.atOnce(options.priority));
        this.checkRoom(state, block.length);
        await this.timed(block.length, options, (timed) => this.model.read(state, block, timed));
        rest = rest.slice(block.length);
      }
    });
  }

  async *decode(
    state: ModelState,
    prompt: readonly number[],
    options: DecodeOptions,
  ): AsyncGenerator<DecodedToken, void, void> {
    this.checkRoom(state, prompt.length);
    this.countRead(options, prompt.length);
    // The first token has the reading of the prompt in its time.
    let tokens = -1;
    let ms = 0;
    let asked: number | undefined;
    try {
      for await (const token of this.model.decode(state, prompt, options)) {
        this.counters.tokensGenerated++;
        if (asked !== undefined) ms += performance.now() - asked;
        tokens++;
        yield token;
        asked = performance.now();
      }
    } finally {
      this.speed?.add(tokens, ms);
    }
  }

  async score(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<Float32Array> {
    this.checkRoom(state, ids.length);
    return this.counting(state, options, () => this.model.score(state, ids, options));
  }

  stateBytesHeld(): number {
    return this.model.stateBytesHeld();
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }

  /** Tokens that the model is given at once; it cuts them into blocks itself. */
  private atOnce(priority: Priority): number {
    const { blockTokens, growthBytes } = this.info;
    if (priority === Priority.Background && blockTokens > blocks.shortest)
      return nextBlockTokens(this.recent, blockTokens);
    // The memory is looked at before each run.
    return growthBytes === 0 ? Infinity : blockTokens;
  }

  private async timed(
    tokens: number,
    options: WorkOptions,
    job: (options: WorkOptions) => Promise<void>,
  ): Promise<void> {
    const { waited = { ms: 0 } } = options;
    const [started, before] = [performance.now(), waited.ms];
    await job({ ...options, waited });
    if (tokens <= this.info.blockTokens) {
      const ms = performance.now() - started - (waited.ms - before);
      this.recent = remember(this.recent, { tokens, ms });
    }
  }

  private checkRoom({ length }: ModelState, tokens: number): void {
    const { growthBytes, provider } = this.info;
    // A run on a device may have to make all of a state anew, and what it was is there until then.
    const made = provider === 'webgpu' ? length + tokens : tokens;
    if (growthBytes > 0) this.mayGrow?.(growthBytes * made);
  }

  private async counting<T>(state: ModelState, options: WorkOptions, job: () => Promise<T>): Promise<T> {
    const from = state.length;
    try {
      return await job();
    } finally {
      this.countRead(options, state.length - from);
    }
  }

  private countRead({ priority }: WorkOptions, tokens: number): void {
    this.counters.tokensRead[priority === Priority.Background ? 'background' : 'foreground'] += tokens;
  }
}
