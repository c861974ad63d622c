import type { DecodedToken, LanguageModel, ModelState } from '../../../runtime/inference/language-model';
import { fakeInfo } from '../fakes/language-model';

export interface Answer {
  text: string;
  logProbability?: number;
  /** Goes on until it is stopped. */
  endless?: boolean;
}

/** A model whose tokens are words with the spaces before them, and which answers what it is told to. */
export class FakeModel implements LanguageModel {
  readonly info = fakeInfo;
  /** The prompts that were read: special tokens as numbers, text as text. */
  readonly prompts: (number | string)[][] = [];
  live = 0;

  constructor(private readonly answer: (code: string) => Answer | Promise<Answer>) {}

  private readonly vocabulary: string[] = [];
  readonly tokenizer = {
    encode: (text: string) => (text.match(/\s*\S+|\s+/g) ?? []).map((word) => this.idOf(word)),
    decode: (ids: readonly number[]) => ids.map((id) => this.vocabulary[id - 16] ?? '').join(''),
    added: new Map(),
    vocabularySize: 16_384,
  };

  async create(): Promise<ModelState> {
    this.live++;
    return { id: 1, length: 0 };
  }

  release(): void {
    this.live--;
  }

  async *decode(
    _state: ModelState,
    prompt: readonly number[],
    { maxTokens, signal }: { maxTokens: number; signal?: AbortSignal },
  ): AsyncGenerator<DecodedToken, void, void> {
    const code = this.tokenizer.decode(prompt.slice(1, -1));
    this.prompts.push([prompt[0] ?? -1, code, prompt.at(-1) ?? -1]);
    const { text, logProbability = -0.5, endless } = await this.answer(code);
    const ids = this.tokenizer.encode(endless ? text + ' and on'.repeat(maxTokens) : text);
    for (const id of ids.slice(0, maxTokens)) {
      signal?.throwIfAborted();
      yield { id, logProbability };
    }
  }

  private idOf(word: string): number {
    const known = this.vocabulary.indexOf(word);
    return 16 + (known >= 0 ? known : this.vocabulary.push(word) - 1);
  }

  fork(): Promise<ModelState> {
    return this.create();
  }
  async read(): Promise<void> {}
  async score(): Promise<Float32Array> {
    return new Float32Array();
  }
  exclusiveBytes(): number {
    return 0;
  }

  exportState(): Promise<never> {
    return Promise.reject(new Error('Summaries save no states'));
  }

  importState(): Promise<never> {
    return Promise.reject(new Error('Summaries load no states'));
  }

  stateBytesHeld(): number {
    return 0;
  }
  async dispose(): Promise<void> {}
}
