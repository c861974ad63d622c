/**
 * What the jobs (completion, questions, summaries) see of a model: token ids in, states that can be forked,
 * tokens out. Everything that runs a graph is cut into blocks, and each block waits for its turn.
 */
import type { CutPlace, PromptFormat } from '../protocol/prompt-format';
import type { StateSnapshot } from './snapshot';

/** Lower runs first. A request in front of the user pre-empts everything behind it at the next block. */
export enum Priority {
  Completion = 0,
  Question = 1,
  Summary = 2,
  Background = 3,
  /** Vectors of passages: hours of work that nothing waits for. */
  Encoding = 4,
}

/** How a piece of work is run: who waits for it, and how it ends early. Cancellation takes effect between blocks. */
export interface WorkOptions {
  priority: Priority;
  signal?: AbortSignal;
  /** Grows by the milliseconds that the work waited for its turns. */
  waited?: { ms: number };
}

export interface Tokenizer {
  /** Ids of plain text; strings that look like special tokens are text. */
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** Ids of the tokens that no text encodes to, by name. */
  readonly added: ReadonlyMap<string, number>;
  readonly vocabularySize: number;
}

export interface SpecialTokens {
  endoftext: number;
  file: number;
  path: number;
  fimPrefix: number;
  fimSuffix: number;
  fimMiddle: number;
  fimEnd: number;
  doc: number;
  summary: number;
  snippet: number;
}

export interface ModelInfo {
  name: string;
  /** Folder it was loaded from. */
  folder: string;
  family: string;
  precision: string;
  provider: string;
  /** Why it runs on the CPU where the GPU was asked for. */
  fallback?: string;
  languages: string[];
  special: SpecialTokens;
  /** How a place in a file is shown to it. */
  prompt: PromptFormat;
  /** Where its tokeniser lets a text be cut. */
  cut: CutPlace;
  stop: number[];
  /** Tokens before the cursor that this model makes use of. */
  usefulContext: number;
  maxSuffixTokens: number;
  maxNearTokens: number;
  /** Tokens that it reads at once, at most: what stops a reading waits for them. */
  blockTokens: number;
  /** Bytes of one state once its windows are full; where attention has no window, after `usefulContext` tokens. */
  stateBytes: number;
  /** Bytes that a state grows by with every token, for as long as it is read into: 0 where all attention has a window. */
  growthBytes: number;
  /** Of the weights as they are held now: where CPU and GPU read the model in turn, each has its own. */
  weightBytes: number;
  loadMs: number;
  /** Names weights, graph and precision: a state that was made under another key does not fit. */
  stateKey: string;
}

/** A state held where the model runs. Owned by whoever got it: release it. Never changed by a fork's reads. */
export interface ModelState {
  readonly id: number;
  /** Tokens read into it. */
  readonly length: number;
}

export interface Sampling {
  /** 0 = greedy. */
  temperature: number;
  topP?: number;
  seed?: number;
}

export interface DecodeOptions extends WorkOptions {
  maxTokens: number;
  /** Greedy when absent. */
  sampling?: Sampling;
  /**
   * Guesses the tokens after those written so far. Right guesses cost next to nothing, wrong ones change nothing. Asked
   * after the first token; not when tokens are drawn.
   */
  draft?: (written: readonly number[]) => readonly number[];
}

export interface DecodedToken {
  id: number;
  /** Natural logarithm of the token's probability at temperature 1. */
  logProbability: number;
}

export interface LanguageModel {
  readonly info: ModelInfo;
  readonly tokenizer: Tokenizer;
  /** An empty state. */
  create(): Promise<ModelState>;
  /** An independent copy. Cheap: what does not change is shared. */
  fork(state: ModelState): Promise<ModelState>;
  release(state: ModelState): void;
  /** Reads ids into `state` in blocks. On cancellation the state holds a whole number of blocks (see `length`). */
  read(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<void>;
  /**
   * Reads `prompt` (at least one id), then generates. Ends at a stop token, at `maxTokens`, or when the consumer
   * breaks out of the loop. The state holds prompt and the tokens yielded so far, less the last one. With drafts, and
   * where a device chooses several at once, it may hold tokens that are still to be yielded, or a stop token and more.
   */
  decode(
    state: ModelState,
    prompt: readonly number[],
    options: DecodeOptions,
  ): AsyncGenerator<DecodedToken, void, void>;
  /**
   * Log-probabilities of `ids`, each given what stands before it. `state` must have read at least one token
   * unless the first id's score is not needed: with an empty state the first score is NaN. The state holds the ids afterwards.
   */
  score(state: ModelState, ids: readonly number[], options: WorkOptions): Promise<Float32Array>;
  /** Bytes that all live states hold now; what they share counts once. */
  stateBytesHeld(): number;
  /** Bytes that releasing this state would free. */
  exclusiveBytes(state: ModelState): number;
  /** The state as plain data, complete in itself; waits for its turn like a block. */
  exportState(state: ModelState, options: WorkOptions): Promise<StateSnapshot>;
  /** @throws UserError where the snapshot was made by another model or is incomplete */
  importState(snapshot: StateSnapshot, options: WorkOptions): Promise<ModelState>;
  dispose(): Promise<void>;
}
