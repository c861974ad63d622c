/** What is asked of the engine, and what the editor is given: plain data in, plain data out. */
import type { CompletionRequest } from '../protocol/completion';
import type { DocumentView } from './document-view';
import type { Remaining } from './reuse';
import type { SelectedItem } from './selected-item';

export interface ProvideOptions {
  /** Asked by hand: no debounce, no threshold, no back-off, always a fresh answer. */
  explicit: boolean;
  multiline: 'auto' | 'never';
  /** 0..1; see `CONFIDENCE_THRESHOLDS`. Not applied to explicit requests. */
  threshold: number;
  /** More than one only when explicit. */
  alternatives?: number;
  /** While a suggestion is on show the one after it is made. */
  lookAhead?: boolean;
  signal: AbortSignal;
}

export interface CompletionItem {
  /** With the document's line ends; takes the place of `replaceStart..replaceEnd`. */
  insertText: string;
  replaceStart: number;
  replaceEnd: number;
  confidence: number;
}

export function requestFor(
  { uri, version, offset, notebook }: DocumentView,
  { inserted }: SelectedItem,
  { explicit, multiline, threshold, alternatives = 1 }: ProvideOptions,
): CompletionRequest {
  return {
    uri,
    version,
    offset,
    explicit,
    multiline,
    threshold: explicit ? 0 : threshold,
    alternatives: explicit ? alternatives : 1,
    ...(notebook && { notebook }),
    ...(inserted !== '' && { selectedText: inserted }),
  };
}

/** The place to which accepting `shown` would lead, while nobody is there yet. */
export function requestAhead(
  { uri, version, offset, notebook }: DocumentView,
  shown: Remaining,
  { multiline, threshold }: ProvideOptions,
): CompletionRequest {
  return {
    uri,
    version,
    offset,
    explicit: false,
    multiline,
    threshold,
    alternatives: 1,
    selectedText: shown.text,
    replacedAfter: shown.replaceAfter,
    ahead: true,
    ...(notebook && { notebook }),
  };
}

export function itemFor(
  { text, replaceAfter, confidence }: Remaining,
  { start, prefix }: SelectedItem,
  { offset }: DocumentView,
): CompletionItem {
  return { insertText: prefix + text, replaceStart: start, replaceEnd: offset + replaceAfter, confidence };
}
