/**
 * What comes after accepting. While a suggestion is on show nothing else is to be done, so the next one is made for the place to which
 * accepting it would lead: it is there when the user gets there.
 */
import type { DocumentView } from './document-view';
import type { Remaining } from './reuse';
import { whyNotAsk } from './triggers';

/** The document as it is once the suggestion is accepted; nothing where no suggestion would be asked for then. */
export function placeAfter(place: DocumentView, { text, replaceAfter }: Remaining): DocumentView | undefined {
  const before = place.before + text;
  const after = place.after.slice(replaceAfter);
  if (whyNotAsk(before, after)) return undefined;
  return { ...place, before, after, offset: place.offset + text.length };
}
