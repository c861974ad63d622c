import { emptySlot, type WindowState } from '../graph/states';
import { UserError } from '../protocol/errors';

/** Tokens whose keys and values are kept together. States along one text share all but their last page. */
export const pageTokens = 64;

/** Keys and values of one layer for the tokens of one page, [keyValueHeads, tokens, headSize] each. Never written after it is made. */
export interface Page {
  keys: Float32Array;
  values: Float32Array;
}

/** What one layer's window held at some length: the pages that still matter, oldest first, the last one perhaps not full. */
export interface WindowPages {
  /** Number of the first page: its first token stands at position `first * pageTokens`. */
  first: number;
  pages: readonly Page[];
}

export const noPages: WindowPages = { first: 0, pages: [] };

/** Number of the oldest page that a token at position `length` or later can still see a part of. */
export function oldestPage(window: number, length: number): number {
  return Math.max(0, Math.floor((length - window + 1) / pageTokens));
}

/** Slots that a window takes when `length` tokens are in it: growing with them up to the window, if there is one, so that short texts cost little. */
export function slotCount(window: number, length: number): number {
  if (length === 0) return 0;
  const whole = Math.ceil(window / pageTokens) * pageTokens;
  let slots = pageTokens;
  // Without a window all slots are gone through for every token: fewer empty ones, though they are moved more often.
  const growth = Number.isFinite(window) ? 2 : 1.25;
  while (slots < length && slots < whole) slots = Math.ceil((slots * growth) / pageTokens) * pageTokens;
  return Math.min(slots, whole);
}

/**
 * The windows of one state laid out for the graph: a token at position p lies in slot p mod slots. A state gets its
 * ring when it is run and may lose it at any time; its pages are enough to lay it out again.
 */
export class WindowRing {
  slots = 0;
  keys: Float32Array = new Float32Array(0);
  values: Float32Array = new Float32Array(0);
  /** Position of the token in each slot, `emptySlot` where there is none; float32 is exact up to 16 million. */
  positions: Float32Array = new Float32Array(0);

  constructor(private readonly state: WindowState) {}

  get bytes(): number {
    return this.keys.byteLength + this.values.byteLength + this.positions.byteLength;
  }

  /** Lays out a state's pages. */
  load({ first, pages }: WindowPages, length: number): void {
    this.resize(slotCount(this.state.window, length), 0);
    // Oldest first: where an old page and the newest share a slot, the newer token stays.
    for (const [i, page] of pages.entries()) {
      const start = (first + i) * pageTokens;
      const tokens = Math.min(pageTokens, length - start);
      this.write(start, tokens, page, 0, tokens);
    }
  }

  /**
   * Takes over the first `count` tokens of what a run gave, the first of them at position `length`.
   * @returns the pages after it; full pages are the caller's for good, the unfinished one is left out
   */
  append(before: WindowPages, length: number, fresh: Page, count: number): WindowPages {
    const { window } = this.state;
    const end = length + count;
    const pages = this.completePages(before, length, fresh, count);
    this.resize(slotCount(window, end), length);
    const start = Math.max(length, end - this.slots);
    this.write(start, end - start, fresh, start - length, this.tokensOf(fresh));
    const oldest = Math.max(before.first, oldestPage(window, end));
    return { first: oldest, pages: pages.slice(oldest - before.first) };
  }

  /** The pages of a state of `length` tokens with the unfinished last one, copied out of the ring. */
  complete({ first, pages }: WindowPages, length: number): WindowPages {
    const full = pages.slice(0, Math.floor(length / pageTokens) - first);
    const tokens = length % pageTokens;
    return { first, pages: tokens === 0 ? full : [...full, this.copy(length - tokens, tokens)] };
  }

  private completePages(before: WindowPages, length: number, fresh: Page, count: number): Page[] {
    // Before the run the unfinished page lies in the ring alone, and may be overwritten by the new tokens.
    const full = Math.floor(length / pageTokens) - before.first;
    const pages = before.pages.slice(0, Math.max(0, full));
    const firstNew = before.first + pages.length;
    const lastNew = Math.floor((length + count) / pageTokens);
    for (let number = firstNew; number < lastNew; number++) {
      const start = number * pageTokens;
      const page = newPage(this.state, pageTokens);
      const old = Math.max(0, Math.min(pageTokens, length - start));
      if (old > 0) this.copyInto(page, start, old, pageTokens);
      const from = start + old - length;
      copyTokens(this.state, fresh, from, this.tokensOf(fresh), page, old, pageTokens, pageTokens - old);
      pages.push(page);
    }
    return pages;
  }

  private tokensOf({ keys }: Page): number {
    return keys.length / (this.state.keyValueHeads * this.state.headSize);
  }

  private copy(start: number, tokens: number): Page {
    const page = newPage(this.state, tokens);
    this.copyInto(page, start, tokens, tokens);
    return page;
  }

  /** Copies tokens from the ring to the beginning of a page that holds `size`; a page never wraps around the ring's end. */
  private copyInto(page: Page, start: number, tokens: number, size: number): void {
    copyTokens(this.state, this, start % this.slots, this.slots, page, 0, size, tokens);
  }

  private write(start: number, tokens: number, source: Page, at: number, size: number): void {
    for (let done = 0; done < tokens;) {
      const slot = (start + done) % this.slots;
      const run = Math.min(tokens - done, this.slots - slot);
      copyTokens(this.state, source, at + done, size, this, slot, this.slots, run);
      for (let i = 0; i < run; i++) this.positions[slot + i] = start + done + i;
      done += run;
    }
  }

  /** Slots grow only while nothing has wrapped around, so what is there keeps its slot. */
  private resize(slots: number, kept: number): void {
    if (slots === this.slots) return;
    const grown = newPage(this.state, slots);
    if (kept > 0) copyTokens(this.state, this, 0, this.slots, grown, 0, slots, Math.min(kept, this.slots));
    const positions = new Float32Array(slots).fill(emptySlot);
    positions.set(this.positions);
    this.slots = slots;
    this.keys = grown.keys;
    this.values = grown.values;
    this.positions = positions;
  }
}

/** Tokens that a window of `length` tokens can still show to a later one. */
function visibleTokens({ window }: WindowState, length: number): number {
  return Math.min(window - 1, length);
}

/** What a window of `length` tokens still shows, in one piece: [keyValueHeads, min(window - 1, length), headSize]. */
export function joinPages(state: WindowState, { first, pages }: WindowPages, length: number): Page {
  const count = visibleTokens(state, length);
  const joined = newPage(state, count);
  for (const [i, page] of pages.entries()) {
    const { start, size, from } = pagePart(first + i, length, count);
    copyTokens(state, page, from - start, size, joined, from - (length - count), count, start + size - from);
  }
  return joined;
}

/**
 * Pages again from what `joinPages` gave; the oldest begins with zeros where nothing can be seen any more.
 * @returns undefined where `joined` has not the size of a window of `length` tokens
 */
export function splitPages(state: WindowState, joined: Page, length: number): WindowPages | undefined {
  const elements = state.keyValueHeads * visibleTokens(state, length) * state.headSize;
  if (joined.keys.length !== elements || joined.values.length !== elements) return undefined;
  return pagesOf(state, joined, length);
}

/**
 * The pages of a window that has come to `length` tokens, of which `joined` holds the last, from where a page begins or the window
 * does; the full pages of `before` that still matter are shared.
 */
export function addPages(state: WindowState, before: WindowPages, joined: Page, length: number): WindowPages {
  const fresh = pagesOf(state, joined, length);
  const first = oldestPage(state.window, length);
  const from = Math.max(0, first - before.first);
  const pages = [...before.pages.slice(from, Math.max(from, fresh.first - before.first)), ...fresh.pages];
  return { first, pages: pages.slice(pages.length - (Math.ceil(length / pageTokens) - first)) };
}

/** The pages in which the last tokens of `length` stand, those that `joined` holds. */
function pagesOf(state: WindowState, joined: Page, length: number): WindowPages {
  const count = joined.keys.length / (state.keyValueHeads * state.headSize);
  const first = Math.floor((length - count) / pageTokens);
  const pages: Page[] = [];
  for (let number = first; number * pageTokens < length; number++) {
    const { start, size, from } = pagePart(number, length, count);
    const page = newPage(state, size);
    copyTokens(state, joined, from - (length - count), count, page, from - start, size, start + size - from);
    pages.push(page);
  }
  return { first, pages };
}

/** Where a page starts, how many tokens it has, and from which position on they can still be seen. */
function pagePart(number: number, length: number, count: number) {
  const start = number * pageTokens;
  const size = Math.min(pageTokens, length - start);
  return { start, size, from: Math.min(start + size, Math.max(start, length - count)) };
}

/** @throws UserError where memory has run out, as it can where every token is kept */
function newPage({ keyValueHeads, headSize }: WindowState, tokens: number): Page {
  const size = keyValueHeads * tokens * headSize;
  try {
    return { keys: new Float32Array(size), values: new Float32Array(size) };
  } catch (error) {
    throw new UserError(
      `There is no memory left for the keys and values of ${tokens} tokens: close other programs, or choose a model ` +
        'that keeps less of what it has read.',
      { cause: error },
    );
  }
}

/** Copies `count` tokens of every head; `sourceSize` and `targetSize` are the tokens per head on each side. */
function copyTokens(
  { keyValueHeads, headSize }: WindowState,
  source: Page,
  sourceAt: number,
  sourceSize: number,
  target: Page,
  targetAt: number,
  targetSize: number,
  count: number,
): void {
  for (let head = 0; head < keyValueHeads; head++) {
    const from = (head * sourceSize + sourceAt) * headSize;
    const to = (head * targetSize + targetAt) * headSize;
    const length = count * headSize;
    target.keys.set(source.keys.subarray(from, from + length), to);
    target.values.set(source.values.subarray(from, from + length), to);
  }
}
