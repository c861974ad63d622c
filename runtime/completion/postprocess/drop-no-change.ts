import type { Filter } from './filter';

/** Drops a suggestion that puts back exactly what it replaces. */
export const dropNoChange: Filter = (suggestion, { after }) =>
  suggestion.replaceAfter > 0 && suggestion.text === after.slice(0, suggestion.replaceAfter)
    ? { dropped: 'it is what stands there already' }
    : suggestion;
