import type { TextEdit } from '../../runtime/protocol/text';

/** As in VS Code's TextDocumentContentChangeEvent. */
export interface ContentChange {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/**
 * One event's changes as edits that can be applied one after the other. The editor reports them against the text before
 * the event, so they go from the end of the document to its start, where an edit moves none that follows.
 */
export function toTextEdits(changes: readonly ContentChange[]): TextEdit[] {
  return [...changes]
    .sort((a, b) => b.rangeOffset - a.rangeOffset)
    .map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, length: rangeLength, text }));
}
