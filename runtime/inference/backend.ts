import type { Precision } from '../graph/precision';
import type { StateLayout } from '../graph/states';
import type { Choice, ChosenToken } from './sampling';
import type { ExecutionProvider } from './session';
import type { StateSnapshot } from './snapshot';

/** What is needed to run a prepared model. Plain data. */
export interface BackendOptions {
  graphPath: string;
  states: StateLayout;
  threads: number;
  provider: ExecutionProvider;
  precision: Precision;
  /** Names the model in snapshots. */
  key: string;
  /** A device may be opened beside it, which helps. */
  mixed?: boolean;
  /** See `SessionOptions`. */
  traceFolder?: string;
}

/** What a block is read for; see `BlockResult`. */
export type Want =
  | { kind: 'nothing' }
  /** `drafts`, likely next tokens, are read along as far as each is what is chosen after those before it. */
  | {
      kind: 'token';
      choice: Choice;
      drafts?: readonly number[];
      /** How many tokens are wanted at most, one behind the other; a backend may choose several. Absent = 1. */
      most?: number;
    }
  | { kind: 'scores' };

/** Only what was wanted leaves the backend, so that logits need not cross threads. */
export interface BlockResult {
  /** The tokens chosen, where `token` was wanted: the next one, or several in a row. All but the last of them are read. */
  tokens?: ChosenToken[];
  /** Log-probability of each id of the block given what stands before it, where `scores` were wanted; NaN for the very first. */
  scores?: Float32Array;
  /** Bytes of the rings that are laid out now. */
  ringBytes: number;
  /** Tokens of the state that are pending now. */
  pending: number;
  /** Why the device that helped is not used any more. */
  deviceLost?: string;
}

/**
 * Where states live and blocks are run: in this thread or in a worker. Calls take effect in the order they are made.
 * States go by numbers that the caller chooses.
 */
export interface Backend {
  create(state: number): void;
  fork(state: number, from: number): void;
  release(state: number): void;
  /** @param onDevice the device that helps shall read these, where there is one; not for scores */
  run(state: number, ids: readonly number[], want: Want, onDevice?: boolean): Promise<BlockResult>;
  exportState(state: number): Promise<StateSnapshot>;
  importState(state: number, snapshot: StateSnapshot): Promise<void>;
  /** Opens the device that shall help (see `BackendOptions`). @throws where there is none that can */
  openDevice?(options: BackendOptions): Promise<void>;
  /** Waits for a running block, then lets go of the model. */
  close(): Promise<void>;
}
