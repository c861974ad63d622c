/**
 * The one request that is under way. When the user types on, its answer is often still good: what was typed is
 * its beginning. So it is not given up at once, but handed to the next key.
 */
import type { CompletionResponse } from '../protocol/completion';
import { PLACE_UNITS, type DocumentView, type PlacedSuggestion } from './document-view';

/** More typed than this since the request, and its answer is unlikely to be about the same thing. */
const MAX_TYPED = 16;
/** With less than this share of the usual time gone, asking anew with what was typed is the better use of it. */
const NEARLY_DONE = 0.5;
/** A request that its caller gave up waits this long for the next key to take it over, then it is cancelled. */
export const ORPHAN_MS = 200;

export interface InFlight {
  view: DocumentView;
  startedAt: number;
  abort: AbortController;
  /** Nothing when it was cancelled. */
  answer: Promise<{ response: CompletionResponse; best: PlacedSuggestion | undefined } | undefined>;
}

/** Whether its answer can still be about the document as it is now: the same, with some characters typed at the cursor. */
export function isAbout(request: InFlight, view: DocumentView): boolean {
  const typed = view.offset - request.view.offset;
  if (request.view.uri !== view.uri || typed < 0 || typed > MAX_TYPED) return false;
  const place = view.before.slice(0, view.before.length - typed);
  const after = request.view.after.slice(0, PLACE_UNITS);
  // The editor may have closed a bracket that was just typed.
  const sameAfter = view.after.startsWith(after) || view.after.slice(1).startsWith(after);
  return sameAfter && place.endsWith(request.view.before.slice(-PLACE_UNITS));
}

/** Whether waiting for its answer beats asking anew. */
export function worthWaiting(request: InFlight, now: number, usualMs: number | undefined): boolean {
  return usualMs === undefined || now - request.startedAt >= usualMs * NEARLY_DONE;
}
