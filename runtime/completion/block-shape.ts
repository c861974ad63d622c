/** How much a suggestion may cover: the rest of the line, or a block bounded by indentation. */
import { indentationWidth, missingIndentation, opensBlock } from './indentation';
import { linePrefix, lineSuffix } from './line-ends';

export type CompletionShape =
  | { kind: 'line' }
  /** The cursor's line is blank: lines at least as deep as the cursor. */
  | { kind: 'blank-line'; width: number }
  /** The cursor's line opens a block: lines deeper than it, and the line that closes it. */
  | { kind: 'opened-block'; width: number };

/** Characters that only close what was opened: what an editor inserts by itself stands among them. */
const CLOSERS_ONLY = /^[\s)\]}>'"`;,]*$/;

export function completionShape(before: string, after: string, multiline: 'auto' | 'never'): CompletionShape {
  if (multiline === 'never') return { kind: 'line' };
  const typed = linePrefix(before);
  const rest = lineSuffix(after);
  if (typed.trim() === '' && rest.trim() === '') {
    return { kind: 'blank-line', width: indentationWidth(typed + missingIndentation(before, after)) };
  }
  if (typed.trim() !== '' && opensBlock(typed) && CLOSERS_ONLY.test(rest)) {
    return { kind: 'opened-block', width: indentationWidth(typed) };
  }
  return { kind: 'line' };
}
