/** What a documentation's first sentence asks for, and whether it is worth asking. Pure. */
import { queryTerms } from '../retrieval/query';
import { termSet } from '../retrieval/words';

const LEAST_WORDS = 4;
const MOST_WORDS = 40;
/** Says how to use it or that it is gone, not what it does. */
const NOT_ABOUT_IT =
  /^(?:deprecated|todo|fixme|xxx|hack|note|see|copyright|licen[cs]e|internal|example|usage|@)/i;

/**
 * The first sentence, marks of markup taken away; undefined where it is too short to ask for anything, only restates
 * the names of the symbol and of what it lies in, or gives the name away: a name of several words, or a call of it.
 */
export function questionOf(doc: string, name: string, enclosing: readonly string[]): string | undefined {
  const sentence = firstSentence(doc);
  const words = sentence.match(/[\p{L}\p{N}][\p{L}\p{N}_'’-]*/gu) ?? [];
  if (words.length < LEAST_WORDS || words.length > MOST_WORDS || NOT_ABOUT_IT.test(sentence))
    return undefined;
  const known = termSet([name, ...enclosing].join(' '));
  const asked = queryTerms(sentence).map(({ term }) => term);
  if (asked.every((term) => known.has(term))) return undefined;
  const spelled =
    sentence.includes(`${name}(`) ||
    (termSet(name).size > 1 && words.some((word) => word.toLowerCase() === name.toLowerCase()));
  return spelled ? undefined : sentence;
}

export function firstSentence(doc: string): string {
  const paragraph = plain(doc.trim().split(/\n\s*\n/)[0]!)
    .replace(/\s+/g, ' ')
    .trim();
  const end = /[.!?](?=\s+[\p{Lu}\d`'"(]|\s*$)/gu;
  for (const match of paragraph.matchAll(end)) {
    const sentence = paragraph.slice(0, match.index + 1);
    if (!/(?:\be\.g|\bi\.e|\betc|\bvs|\bcf)\.$/i.test(sentence)) return sentence;
  }
  return paragraph;
}

/** reStructuredText's roles, Markdown's and HTML's marks. */
function plain(text: string): string {
  return text
    .replace(/:[\w:.+-]+:`~?!?([^`<]*?)(?:\s*<[^>]*>)?`/g, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<\/?[a-zA-Z][^>]*>/g, '')
    .replace(/[`*]+/g, '');
}
