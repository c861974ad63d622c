/**
 * Typing a suggestion keeps it: what is typed (or accepted by word or by line) moves from the suggestion into the
 * document, deleting it moves it back, and no request is made. Without this, ghost text flickers with every key.
 */
import { followsAs, type DocumentView, type PlacedSuggestion } from './document-view';
import { toLf } from './line-ends';
import { coverClosers } from './postprocess/cover-closers';

/** What is left to insert at the cursor. */
export interface Remaining {
  text: string;
  replaceAfter: number;
  confidence: number;
}

/** The rest of `suggestion` at the cursor, when everything since its place was typed as it says. */
export function typedThrough(suggestion: PlacedSuggestion, view: DocumentView): Remaining | undefined {
  if (suggestion.uri !== view.uri) return undefined;
  return remainingAfter(suggestion, view, view.offset - suggestion.offset);
}

/** The same with the number of units typed since given, for places whose offset may have moved. */
export function remainingAfter(
  suggestion: PlacedSuggestion,
  view: DocumentView,
  typed: number,
): Remaining | undefined {
  const { text, beforeTail, confidence } = suggestion;
  if (typed < 0 || typed >= text.length) return undefined;
  if (!view.before.endsWith(text.slice(0, typed))) return undefined;
  const place = view.before.slice(0, view.before.length - typed);
  if (!place.endsWith(beforeTail) || !followsAs(view.after, suggestion)) return undefined;
  const left = text.slice(typed);
  if (left.trim() === '') return undefined;
  return { text: left, replaceAfter: replacedNow(left, suggestion, view), confidence };
}

/**
 * The pair's closing bracket may have come (typed `(`, the editor added `)`) or gone (typed over) since: what is
 * replaced is found anew, from the text as it is.
 */
function replacedNow(left: string, suggestion: PlacedSuggestion, view: DocumentView): number {
  const covered = coverClosers(
    { text: toLf(left), replaceAfter: 0 },
    { before: toLf(view.before), after: toLf(view.after) },
  );
  return 'dropped' in covered ? suggestion.replaceAfter : covered.replaceAfter;
}
