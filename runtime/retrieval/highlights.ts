/** Which words of a passage answer to which words of the question. */
import { queryTerms } from './query';
import { wordsOf } from './words';

/** UTF-16 ranges within `text`, in order, neighbours within one identifier joined. */
export function highlightsOf(question: string, text: string): { start: number; end: number }[] {
  const wanted = new Set(queryTerms(question).map(({ term }) => term));
  const found: { start: number; end: number }[] = [];
  for (const { term, start, end } of wordsOf(text)) {
    if (!wanted.has(term)) continue;
    const last = found.at(-1);
    if (last && /^_*$/.test(text.slice(last.end, start)) && start - last.end <= 2) last.end = end;
    else found.push({ start, end });
  }
  return found;
}
