/** Suggestions that the user saw and did not want, so that they do not come back at the same place right away. */
import type { DocumentView, PlacedSuggestion } from './document-view';

/** Long enough to have been read. */
export const SEEN_MS = 700;
/** Units typed otherwise than suggested before it counts as refused; fewer are a slip, taken back with a backspace. */
export const REFUSED_UNITS = 4;
/** After this a suggestion may be offered again. */
export const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 50;

export class Rejections {
  /** Time of rejection by place and text, oldest first. */
  readonly #rejected = new Map<string, number>();

  add(suggestion: PlacedSuggestion, now: number): void {
    const key = keyOf(suggestion);
    this.#rejected.delete(key);
    this.#rejected.set(key, now);
    if (this.#rejected.size > MAX_REMEMBERED) this.#rejected.delete(this.#rejected.keys().next().value!);
  }

  has(suggestion: PlacedSuggestion, now: number): boolean {
    const at = this.#rejected.get(keyOf(suggestion));
    return at !== undefined && now - at < REMEMBERED_MS;
  }
}

/** The user read the suggestion and typed something else in its place. */
export function typedPast(
  { uri, offset, text }: PlacedSuggestion,
  view: DocumentView,
  seenMs: number,
): boolean {
  const length = view.offset - offset;
  if (view.uri !== uri || length < REFUSED_UNITS || length > text.length || seenMs < SEEN_MS) return false;
  const typed = view.before.slice(view.before.length - length);
  let common = 0;
  while (common < typed.length && typed[common] === text[common]) common++;
  return typed.length - common >= REFUSED_UNITS;
}

/** The place is known by the cursor's line and the line above it: edits elsewhere do not make it another one. */
function keyOf({ uri, beforeTail, text }: PlacedSuggestion): string {
  return `${uri}\0${beforeTail.split('\n').slice(-2).join('\n')}\0${text}`;
}
