import { linePrefix } from '../line-ends';
import { lineCycle, unitCycle } from '../repetition';
import type { Filter } from './filter';

/** Keeps one round of lines or phrases that go round in circles. */
export const cutRepetition: Filter = (suggestion, { before }) => {
  const cycle = unitCycle(suggestion.text);
  const text = cycle === undefined ? suggestion.text : suggestion.text.slice(0, cycle);
  const lines = text.split('\n');
  const shown = [linePrefix(before) + lines[0]!, ...lines.slice(1)];
  for (let count = 1; count <= lines.length; count++) {
    const start = lineCycle(shown.slice(0, count));
    if (start !== undefined) return { ...suggestion, text: lines.slice(0, start).join('\n') };
  }
  return { ...suggestion, text };
};
