import { lineSuffix } from '../line-ends';

/** What the filters work on: LF text for the cursor, and how much after the cursor it takes the place of. */
export interface Suggestion {
  text: string;
  /** Units after the cursor, on its line, that accepting replaces: brackets and quotes the editor closed by itself. */
  replaceAfter: number;
}

/** LF text around the cursor; `before` includes what the suggest widget would insert. */
export interface FilterContext {
  before: string;
  after: string;
}

/** Why a suggestion is not shown, as a clause: "it repeats the line above". */
export interface Dropped {
  dropped: string;
}

/** One idea each: repairs a suggestion, passes it on unchanged, or drops it with a reason. */
export type Filter = (suggestion: Suggestion, context: FilterContext) => Suggestion | Dropped;

/** What stands after the cursor on its line, without what the suggestion replaces. */
export function restOfLine({ replaceAfter }: Suggestion, { after }: FilterContext): string {
  return lineSuffix(after).slice(replaceAfter);
}
