import type { DocumentView } from './document-view';

export interface SelectedItem {
  /** The document as if the item were accepted already: the suggestion continues it. */
  place: DocumentView;
  /** What accepting the item adds at the cursor. */
  inserted: string;
  /** Where an edit begins that accepts both, and what of the item it begins with. */
  start: number;
  prefix: string;
}

/**
 * The suggest widget's selected item, if any, as part of the text before the cursor. Nothing when the item is no
 * continuation of what is typed (a fuzzy match), since ghost text cannot show that.
 */
export function withSelectedItem(view: DocumentView): SelectedItem | undefined {
  const { selected, before, offset } = view;
  if (!selected) return { place: view, inserted: '', start: offset, prefix: '' };
  const typed = before.slice(before.length - (offset - selected.start));
  if (!selected.text.startsWith(typed)) return undefined;
  const inserted = selected.text.slice(typed.length);
  const place = { ...view, before: before + inserted, offset: offset + inserted.length };
  return { place, inserted, start: selected.start, prefix: selected.text };
}
