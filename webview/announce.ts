import { isSummarising } from './store';
import type { State, Turn } from './state';
import { t } from './translate';
import { nothingFound, passages, suggestions, symbols } from './words';

/** What a screen reader says about a change: starts and ends only, never each step in between. */
export function announcement(before: State, after: State): string | undefined {
  return (
    askChange(before.ask, after.ask) ??
    summaryChange(before.summary, after.summary) ??
    completionsChange(before, after)
  );
}

function askChange(before: State['ask'], after: State['ask']): string | undefined {
  const turn = after.turns.at(-1);
  const earlier = before.turns.at(-1);
  if (!turn || turn.phase === earlier?.phase) return undefined;
  switch (turn.phase) {
    case 'running':
      return t('Searching…');
    case 'writing':
      return found(turn);
    case 'done':
      if (earlier?.phase !== 'writing') return found(turn);
      return turn.response?.answer || turn.written?.text ? t('The answer is written.') : undefined;
    case 'failed':
      return t('The question failed. {0}', turn.failure ?? '');
    case 'stopped':
      return t('Search stopped.');
    default:
      return undefined;
  }
}

const found = ({ response }: Turn): string =>
  response?.nothingFound
    ? nothingFound[response.nothingFound]
    : t('{0} found.', passages(response?.passages.length ?? 0));

function summaryChange(before: State['summary'], after: State['summary']): string | undefined {
  if (before.phase === after.phase) return undefined;
  if (isSummarising(after))
    return isSummarising(before) ? undefined : t('Summarizing {0}…', after.displayPath);
  if (after.phase === 'done')
    return t('Summary of {0} done, {1}.', after.displayPath, symbols(after.summary?.lines.length ?? 0));
  if (after.phase === 'failed') return t('The summary failed. {0}', after.failure ?? '');
  return after.phase === 'stopped' ? t('Summary stopped.') : undefined;
}

function completionsChange(
  { completions: before }: State,
  { completions: after }: State,
): string | undefined {
  if (after.phase === 'running' && before.phase !== 'running') return t('Looking for suggestions…');
  if (after.phase !== 'done' || before.phase !== 'running' || !after.view) return undefined;
  return after.view.candidates.length > 0
    ? t('{0}.', suggestions(after.view.candidates.length))
    : (after.view.silence ?? t('No suggestion.'));
}
