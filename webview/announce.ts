import { plural } from './format';
import { isSummarising } from './store';
import type { State } from './state';
import { nothingFound } from './words';

/** What a screen reader says about a change: starts and ends only, never each step in between. */
export function announcement(before: State, after: State): string | undefined {
  return (
    askChange(before.ask, after.ask) ??
    summaryChange(before.summary, after.summary) ??
    completionsChange(before, after)
  );
}

function askChange(before: State['ask'], after: State['ask']): string | undefined {
  if (before.phase === after.phase) return undefined;
  switch (after.phase) {
    case 'running':
      return 'Searching…';
    case 'done': {
      if (after.response?.nothingFound) return nothingFound[after.response.nothingFound];
      return `${plural(after.response?.passages.length ?? 0, 'passage')} found.`;
    }
    case 'failed':
      return `The question failed. ${after.failure ?? ''}`;
    case 'stopped':
      return 'Search stopped.';
    default:
      return undefined;
  }
}

function summaryChange(before: State['summary'], after: State['summary']): string | undefined {
  if (before.phase === after.phase) return undefined;
  if (isSummarising(after)) return isSummarising(before) ? undefined : `Summarizing ${after.displayPath}…`;
  if (after.phase === 'done')
    return `Summary of ${after.displayPath} done, ${plural(after.summary?.lines.length ?? 0, 'symbol')}.`;
  if (after.phase === 'failed') return `The summary failed. ${after.failure ?? ''}`;
  return after.phase === 'stopped' ? 'Summary stopped.' : undefined;
}

function completionsChange(
  { completions: before }: State,
  { completions: after }: State,
): string | undefined {
  if (after.phase === 'running' && before.phase !== 'running') return 'Looking for suggestions…';
  if (after.phase !== 'done' || before.phase !== 'running' || !after.view) return undefined;
  return after.view.candidates.length > 0
    ? `${plural(after.view.candidates.length, 'suggestion')}.`
    : (after.view.silence ?? 'No suggestion.');
}
