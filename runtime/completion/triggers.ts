/** When an automatic request is not worth making, from the text at the cursor alone. Explicit requests are always made. */
import type { SilenceReason } from '../protocol/completion';
import { linePrefix, lineSuffix } from './line-ends';

/** Nothing when the model should be asked. */
export function whyNotAsk(before: string, after: string): SilenceReason | undefined {
  const typed = linePrefix(before);
  const rest = lineSuffix(after);
  if (/[\p{L}\p{N}_$]/u.test(rest[0] ?? '')) return 'mid-word';
  if (rest.trim() === '' && isCompleteStatement(typed)) return 'line-complete';
  return undefined;
}

/** A line that ends in a sign after which only another line can follow. `}` may be followed by `)` or `else`. */
function isCompleteStatement(line: string): boolean {
  return /;\s*$/.test(line) && !/^\s*for\s*\(/.test(line) && !/^\s*(?:\/\/|\*|#)/.test(line);
}
