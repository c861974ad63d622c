/** From the engine's answer to suggestions fit to be shown. */
import type { CompletionCandidate, CompletionResponse, SilenceReason } from '../protocol/completion';
import { CONTEXT_UNITS, type DocumentView } from './document-view';
import { lineEndAt, toLf, withLineEnd } from './line-ends';
import { postprocess } from './postprocess';
import type { Remaining } from './reuse';

/** Best first, in the document's line ends; or why there is none. `threshold` is 0 for explicit requests. */
export function receive(
  view: DocumentView,
  response: CompletionResponse,
  threshold: number,
): Remaining[] | SilenceReason {
  if (response.silence) return response.silence;
  const written = response.candidates.filter(({ text }) => text.trim() !== '');
  if (written.length === 0) return 'model-empty';
  const sure = written.filter((candidate) => isSure(candidate, threshold));
  if (sure.length === 0) return 'low-confidence';
  const suggestions = sure.flatMap((candidate) => finish(candidate, view) ?? []);
  const distinct = suggestions.filter(
    ({ text }, i) => suggestions.findIndex((other) => other.text === text) === i,
  );
  return distinct.length > 0 ? distinct : 'filtered';
}

function isSure({ confidence, stoppedBy }: CompletionCandidate, threshold: number): boolean {
  // Given up half-way: whatever its confidence was, its text is not whole.
  return stoppedBy !== 'low-confidence' && confidence >= threshold;
}

function finish(
  { text, confidence }: CompletionCandidate,
  { before, after }: DocumentView,
): Remaining | undefined {
  const context = { before: toLf(before.slice(-CONTEXT_UNITS)), after: toLf(after.slice(0, CONTEXT_UNITS)) };
  const result = postprocess(text, context);
  if ('dropped' in result) return undefined;
  return {
    text: withLineEnd(result.text, lineEndAt(before, after)),
    replaceAfter: result.replaceAfter,
    confidence,
  };
}
