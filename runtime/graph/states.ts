/** What a model carries from token to token, in the names and shapes of its graph. */
export interface StateLayout {
  recurrent: RecurrentState[];
  pending: PendingRows[];
  windows: WindowState[];
  rotations: Rotation[];
  /** Tokens that a run of the graph for any number can take at most, other than one for blocks; Infinity where it sets no limit. */
  longestRun: number;
  /** The graph cuts its windows itself, so that all of a state can stay where the graph runs. */
  onDevice: boolean;
}

/**
 * Rotary positions' tables, which the host works out: not every provider has sine and cosine. Graph inputs `name.cos` and
 * `name.sin`, float32 [T, frequencies]: of each read token's position times each frequency.
 */
export interface Rotation {
  name: string;
  frequencies: number[];
}

/** A tensor of fixed shape: graph input `name`, graph output `name.next`. Zero before the first token. */
export interface RecurrentState {
  name: string;
  shape: number[];
}

/**
 * What a mixer's recurrence takes in for each token. The last few tokens' rows may be kept beside the recurrent states
 * instead of being taken into them, so that large states need not be carried over at every token. Graph input `name`
 * [pending, width]: the rows kept; graph output `name.new` [T, width]: those of the read tokens. The `.next` of the
 * recurrent states holds both.
 */
export interface PendingRows {
  name: string;
  width: number;
}

/**
 * Keys and values of the last `window` tokens, or of all. The host keeps them in slots, in any order; the graph takes
 * `name.keys` and `name.values` [keyValueHeads, slots, headSize] and gives back the read tokens' own,
 * `name.keys.new` and `name.values.new` [keyValueHeads, T, headSize]. Keys are rotated already.
 *
 * On the device (see `StateLayout`) the graph gives back what the window keeps instead, oldest first: `name.keys.next` and
 * `name.values.next`, of `keptOnDevice` tokens.
 */
export interface WindowState {
  name: string;
  /** A token sees itself and the `window` - 1 tokens before it; Infinity = all of them, and what is kept grows. */
  window: number;
  keyValueHeads: number;
  headSize: number;
}

/** Tokens of a window that a graph on the device gives back once `length` are read: those that later ones can see. */
export function keptOnDevice(window: number, length: number): number {
  return Math.min(Math.max(1, window - 1), length);
}

/** Names of the graph's other inputs and outputs. */
export const names = {
  /** bool: this run takes that branch (see `choosing`) */
  only: (branch: string) => `only.${branch}`,
  /** int64 [T] */
  ids: 'ids',
  /** float32 [T]: their positions */
  positions: 'positions',
  /** int64 [1]: where the wanted rows begin, counted from the end: -1 wants the logits of the last position alone */
  wantedFrom: 'wanted.from',
  /** int64 [1]: where the rows of the read tokens begin, counted from the end: -T */
  readFrom: 'read.from',
  /** float32 [wanted, vocabulary] */
  logits: 'logits',
  /** float32 [1, vocabulary]: those after the last token, of a run that leaves them on the device */
  lastLogits: 'last.logits',
  /** int32 [1, 1]: the token that a graph which chooses the next ones reads first; with `.next` behind, the last one it chooses */
  first: 'first',
  /**
   * float32 [1, runs * 2 * greedySteps]: of each run before, the ids that it chose and the probabilities of them; with `.next` behind,
   * this run's as well. In one tensor, as each that is taken to main memory waits for the device by itself.
   */
  written: 'written',
  /** int64 [2]: chunks of a block, and one more */
  chunks: 'chunks',
  /** int64 [2]: states before, between and behind them, twice */
  chunkStates: 'chunk.states',
  /** int32 [steps]: how many tokens a window holds before the last one of each step of the run */
  kept: (window: number) => `kept.${window}`,
  /** int32: how many with that one, in one step */
  seen: (window: number, step: number) => `seen.${window}.${step}`,
  /** float32 [slots]: the position of the token in each slot, `emptySlot` where there is none */
  slots: (window: number) => `slots.${window}`,
} as const;

export const emptySlot = -1e9;
