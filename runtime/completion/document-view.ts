import { lineSuffix } from './line-ends';

/** A document as it stands at the moment of a request. Offsets are in the document's own text. */
export interface DocumentView {
  uri: string;
  version: number;
  /** The cursor. */
  offset: number;
  /** Text up to the cursor, or its last `CONTEXT_UNITS` at least: the engine has the whole text. */
  before: string;
  /** Text from the cursor on, or its first `CONTEXT_UNITS` at least. */
  after: string;
  /** The suggest widget's selected item, which accepting a suggestion accepts too. `start`: where its range begins. */
  selected?: { start: number; text: string };
  /** The other cells' text, for a notebook cell. */
  notebook?: { before: string; after: string };
}

/** How much text around the cursor decides whether two places are the same. */
export const CONTEXT_UNITS = 4096;

/** A suggestion and the place it was made for, in the document's own line ends. */
export interface PlacedSuggestion {
  uri: string;
  offset: number;
  /** The last units before the cursor, at most `PLACE_UNITS`. */
  beforeTail: string;
  /** The first units after what the suggestion replaces, at most `PLACE_UNITS`. */
  afterHead: string;
  text: string;
  replaceAfter: number;
  confidence: number;
}

export const PLACE_UNITS = 256;

export function placeSuggestion(
  view: DocumentView,
  suggestion: { text: string; replaceAfter: number; confidence: number },
): PlacedSuggestion {
  return {
    uri: view.uri,
    offset: view.offset,
    beforeTail: view.before.slice(-PLACE_UNITS),
    afterHead: view.after.slice(suggestion.replaceAfter, suggestion.replaceAfter + PLACE_UNITS),
    ...suggestion,
  };
}

/**
 * True when the text after the cursor is the one the suggestion was made for, apart from brackets and quotes that
 * the editor put in or the user typed over since.
 */
export function followsAs(after: string, suggestion: PlacedSuggestion): boolean {
  const { afterHead, replaceAfter } = suggestion;
  const most = Math.min(lineSuffix(after).length, replaceAfter + MAX_AUTO_CLOSED);
  for (let extra = 0; extra <= most; extra++) {
    if (extra > 0 && !/[)\]}"'`;,\s]/.test(after[extra - 1]!)) return false;
    const rest = after.slice(extra, extra + PLACE_UNITS);
    if (
      rest.startsWith(afterHead) ||
      (rest.length >= PLACE_UNITS - replaceAfter && afterHead.startsWith(rest))
    ) {
      return afterHead !== '' || rest === '';
    }
  }
  return false;
}

/** Pairs that may open within one suggestion. */
const MAX_AUTO_CLOSED = 8;
