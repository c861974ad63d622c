/**
 * How a model was trained to see a place in a file: which parts of the text, in which order, between which special tokens (as
 * ids). Nothing else is ever shown to it: a format that it does not know costs more than what the format would bring.
 */
export type PromptFormat = AnchoredFim | FillInTheMiddle | PrefixAlone;

/** The embedded model's: other files, far prefix, suffix, near prefix. Typing appends, and a jump reads a few hundred tokens. */
export interface AnchoredFim {
  kind: 'anchored-fim';
  file: number;
  path: number;
  prefix: number;
  suffix: number;
  middle: number;
}

export interface FillInTheMiddle {
  kind: 'fim';
  order: FimOrder;
  /** What every text began with in training. */
  begin?: number;
  prefix: number;
  suffix: number;
  /** Absent where the prefix itself is what the model goes on from (suffix first alone). */
  middle?: number;
}

/**
 * `prefix-suffix-middle`: what was read of the prefix stays of use; the suffix is read again at every key.
 * `suffix-prefix-middle`: a key costs its own tokens; another suffix (every jump) is another prompt from its beginning on.
 */
export type FimOrder = 'prefix-suffix-middle' | 'suffix-prefix-middle';
export const fimOrders: readonly FimOrder[] = ['prefix-suffix-middle', 'suffix-prefix-middle'];

/** Not trained to fill in the middle: it goes on from what stands before the cursor, and does not hear what follows. */
export interface PrefixAlone {
  kind: 'prefix';
  /** What every text began with in training; a prompt is never empty. */
  begin: number;
}

/**
 * Where a text may be cut so that its parts, encoded apart, give the tokens of the whole: before a run of newlines, where the
 * tokeniser takes it together with the indentation after it; or after it, where it takes it together with the sign before it.
 */
export type CutPlace = 'before-newlines' | 'after-newlines';
export const cutPlaces: readonly CutPlace[] = ['before-newlines', 'after-newlines'];
