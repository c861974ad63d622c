import type { Filter } from './filter';

/** Ghost text that cannot be seen helps nobody. */
export const dropBlank: Filter = (suggestion) =>
  suggestion.text.trim() === '' ? { dropped: 'it is blank' } : suggestion;
