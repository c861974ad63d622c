/** Suggestions made lately, found again where the cursor returns, or where they were typed into. */
import { PLACE_UNITS, type DocumentView, type PlacedSuggestion } from './document-view';
import { remainingAfter, type Remaining } from './reuse';

const MAX_ENTRIES = 200;
/** Further into a suggestion than this it is asked anew. */
const MAX_TYPED = 128;

export class CompletionCache {
  /** Least recently used first. */
  readonly #entries = new Map<string, PlacedSuggestion>();

  get size(): number {
    return this.#entries.size;
  }

  put(suggestion: PlacedSuggestion): void {
    const key = keyOf(suggestion.uri, suggestion.beforeTail);
    this.#entries.delete(key);
    this.#entries.set(key, suggestion);
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value!);
  }

  /** The rest of a suggestion whose place and first characters are exactly what stands before the cursor; the one made nearest wins. */
  find(view: DocumentView): Remaining | undefined {
    for (let typed = 0; typed <= Math.min(MAX_TYPED, view.before.length); typed++) {
      const end = view.before.length - typed;
      const key = keyOf(view.uri, view.before.slice(Math.max(0, end - PLACE_UNITS), end));
      const entry = this.#entries.get(key);
      const remaining = entry && remainingAfter(entry, view, typed);
      if (!remaining) continue;
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      return remaining;
    }
    return undefined;
  }

  forget(uri: string): void {
    for (const [key, entry] of this.#entries) if (entry.uri === uri) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

function keyOf(uri: string, beforeTail: string): string {
  return `${uri}\0${beforeTail}`;
}
