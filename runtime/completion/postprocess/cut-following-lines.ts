import { linePrefix, lineSuffix } from '../line-ends';
import type { Filter } from './filter';
import { restOfLine } from './filter';

/** How far below the cursor duplicated lines are looked for. */
const LINES_BELOW = 16;

/** Cuts last lines that are the next lines below, the closing bracket of the surrounding block among them. */
export const cutFollowingLines: Filter = (suggestion, context) => {
  if (restOfLine(suggestion, context).trim() !== '') return suggestion;
  const below = visibleLines(context.after.slice(lineSuffix(context.after).length)).slice(0, LINES_BELOW);
  if (below.length === 0) return suggestion;
  const lines = suggestion.text.split('\n');
  const shown = [linePrefix(context.before) + lines[0]!, ...lines.slice(1)];
  for (let first = 0; first < lines.length; first++) {
    const tail = shown
      .slice(first)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
    if (tail.length === 0 || tail.length > below.length) continue;
    if (!tail.every((line, i) => line === below[i])) continue;
    const kept = lines.slice(0, first).join('\n').trimEnd();
    return kept === '' ? { dropped: 'it repeats the lines below' } : { ...suggestion, text: kept };
  }
  return suggestion;
};

function visibleLines(text: string): string[] {
  return text
    .slice(0, 4096)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
