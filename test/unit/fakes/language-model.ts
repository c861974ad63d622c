import type {
  DecodedToken,
  LanguageModel,
  ModelInfo,
  ModelState,
  Tokenizer,
  WorkOptions,
} from '../../../runtime/inference/language-model';
import type { StateSnapshot } from '../../../runtime/inference/snapshot';
import { throwIfAborted, UserError } from '../../../runtime/protocol/errors';

/** One token per UTF-16 unit, above the special ids. */
export const characterTokenizer: Tokenizer = {
  encode: (text) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i) + 32),
  decode: (ids) => String.fromCharCode(...ids.map((id) => id - 32)),
  added: new Map([
    ['<|endoftext|>', 0],
    ['<|fim_end|>', 6],
  ]),
  vocabularySize: 65536 + 32,
};

/** What the fake models say of themselves. */
export const fakeInfo: ModelInfo = {
  name: 'fake',
  folder: '',
  family: 'fake',
  precision: 'float32',
  provider: 'cpu',
  languages: ['typescript', 'python'],
  special: {
    endoftext: 0,
    file: 1,
    path: 2,
    fimPrefix: 3,
    fimSuffix: 4,
    fimMiddle: 5,
    fimEnd: 6,
    doc: 7,
    summary: 8,
    snippet: 9,
  },
  prompt: { kind: 'anchored-fim', file: 1, path: 2, prefix: 3, suffix: 4, middle: 5 },
  cut: 'before-newlines',
  stop: [0, 6],
  usefulContext: 4096,
  maxSuffixTokens: 192,
  maxNearTokens: 192,
  blockTokens: 64,
  stateBytes: 100,
  growthBytes: 0,
  weightBytes: 1000,
  loadMs: 1,
  stateKey: 'fake-key',
};

/** A model whose state is the list of what it read, and which says `answer`. For unit tests of what stands above it. */
export class FakeModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly tokenizer = characterTokenizer;
  readonly held = new Map<number, number[]>();
  tokensRead = 0;
  private nextId = 1;

  constructor(
    private readonly answer: string = '',
    overrides: Partial<ModelInfo> = {},
  ) {
    this.info = { ...fakeInfo, ...overrides };
  }

  create(): Promise<ModelState> {
    return Promise.resolve(this.handle([]));
  }

  fork(state: ModelState): Promise<ModelState> {
    return Promise.resolve(this.handle([...this.ids(state)]));
  }

  release(state: ModelState): void {
    if (!this.held.delete(state.id)) throw new Error(`State ${state.id} was released twice`);
  }

  async read(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<void> {
    for (let at = 0; at < ids.length; at += 64) {
      throwIfAborted(options.signal);
      const block = ids.slice(at, at + 64);
      this.ids(state).push(...block);
      this.tokensRead += block.length;
      await Promise.resolve();
    }
  }

  async *decode(
    state: ModelState,
    prompt: readonly number[],
    options: WorkOptions & { maxTokens: number },
  ): AsyncGenerator<DecodedToken, void, void> {
    await this.read(state, prompt, options);
    for (const id of [...this.tokenizer.encode(this.answer), 6].slice(0, options.maxTokens)) {
      throwIfAborted(options.signal);
      if (this.info.stop.includes(id)) return;
      yield { id, logProbability: -0.01 };
      this.ids(state).push(id);
    }
  }

  async score(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<Float32Array> {
    await this.read(state, ids, options);
    return new Float32Array(ids.length).fill(-1);
  }

  stateBytesHeld(): number {
    return this.held.size * this.info.stateBytes;
  }

  exclusiveBytes(): number {
    return this.info.stateBytes;
  }

  async exportState(state: ModelState, options: WorkOptions): Promise<StateSnapshot> {
    throwIfAborted(options.signal);
    const ids = this.ids(state);
    // In numbers that half precision holds exactly.
    const data = Float32Array.from(ids.flatMap((id) => [id >> 8, id & 0xff]));
    return {
      model: this.info.stateKey,
      length: ids.length,
      pending: 0,
      tensors: [{ name: 'ids', shape: [data.length], data }],
    };
  }

  async importState({ model, tensors }: StateSnapshot): Promise<ModelState> {
    if (model !== this.info.stateKey) throw new UserError('A saved state belongs to another model.');
    const { data } = tensors[0]!;
    return this.handle(
      Array.from({ length: data.length / 2 }, (_, i) => data[2 * i]! * 256 + data[2 * i + 1]!),
    );
  }

  dispose(): Promise<void> {
    this.held.clear();
    return Promise.resolve();
  }

  ids(state: ModelState): number[] {
    const ids = this.held.get(state.id);
    if (!ids) throw new Error(`State ${state.id} was released`);
    return ids;
  }

  private handle(ids: number[]): ModelState {
    const id = this.nextId++;
    this.held.set(id, ids);
    return {
      id,
      get length() {
        return ids.length;
      },
    };
  }
}
