/** Inline completion: what the editor asks of the engine, and what it is told. */

/** A cursor that came to rest. The text is the engine's copy of the document. */
export interface CursorMove {
  uri: string;
  /** Version of the document that `offset` belongs to. */
  version: number;
  offset: number;
  /** Notebook cells before and after this one, joined, so that a cell is completed as part of its notebook. */
  notebook?: { before: string; after: string };
}

/** What stands around the cursor, and what is wanted there. */
export interface CompletionRequest extends CursorMove {
  /** The user asked by hand: no threshold, no early stop. */
  explicit: boolean;
  multiline: 'auto' | 'never';
  /** Suggestions whose confidence is lower are not worth finishing; 0 for explicit requests. */
  threshold: number;
  /** How many alternatives are wanted; more than one only on explicit requests. */
  alternatives: number;
  /** Text that is not in the document, and is completed as if it stood before the cursor: what accepting would insert. */
  selectedText?: string;
  /** UTF-16 units after the cursor that `selectedText` takes the place of. */
  replacedAfter?: number;
  /** Nobody waits for the answer yet: it makes way for everything in front of the user, and nothing is remembered of it. */
  ahead?: boolean;
}

export interface CompletionCandidate {
  text: string;
  /** Product of the token probabilities up to the first line's end: 0..1, close to calibrated. */
  confidence: number;
  tokens: number;
  /** Why generation ended. */
  stoppedBy: 'end-token' | 'line-end' | 'block-end' | 'limit' | 'suffix' | 'low-confidence' | 'repetition';
}

/** What an answer cost and what it saw; every figure is measured, none estimated. */
export interface CompletionCost {
  /** Tokens of context that the state held when generation began. */
  contextTokens: number;
  /** Tokens read for this request; the rest came from kept states. */
  tokensRead: number;
  tokensGenerated: number;
  /** Milliseconds of each part. */
  ms: { queue: number; tokenise: number; read: number; decode: number };
}

export interface CompletionResponse {
  candidates: CompletionCandidate[];
  cost: CompletionCost;
  /** The file was not read whole yet: answered from its header, the nearest tokens and the suffix. */
  stillReading: boolean;
  /** Set when there is nothing to show. */
  silence?: SilenceReason;
}

/** Why nothing was shown. Each has a sentence in the editor ("Why No Suggestion?"). */
export type SilenceReason =
  | 'disabled'
  | 'language-off'
  | 'snoozed'
  | 'untrusted'
  | 'manual-only'
  | 'scheme'
  | 'multi-cursor'
  | 'language-unknown'
  | 'ignored-file'
  | 'file-too-large'
  | 'mid-word'
  | 'line-complete'
  | 'engine-starting'
  | 'engine-failed'
  | 'model-missing'
  | 'model-empty'
  | 'cancelled'
  | 'stale'
  | 'low-confidence'
  | 'filtered'
  | 'recently-rejected';
