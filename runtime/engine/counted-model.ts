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
  constructor(
    private readonly model: LanguageModel,
    private readonly counters: WorkCounters,
    private readonly speed?: DecodingSpeed,
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
    await this.counting(state, options, () => this.model.read(state, ids, options));
  }

  async *decode(
    state: ModelState,
    prompt: readonly number[],
    options: DecodeOptions,
  ): AsyncGenerator<DecodedToken, void, void> {
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

  score(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<Float32Array> {
    return this.counting(state, options, () => this.model.score(state, ids, options));
  }

  stateBytesHeld(): number {
    return this.model.stateBytesHeld();
  }

  dispose(): Promise<void> {
    return this.model.dispose();
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
