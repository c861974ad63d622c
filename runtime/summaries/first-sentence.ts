import { clip } from '../syntax/lines';

/** A line stays readable in a panel. */
const lineLimit = 240;

/** Abbreviations whose full stop ends no sentence. */
const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|no|fig|al|Mr|Ms|Dr|St)\.$/i;

/** The first sentence of a documentation text as one line; empty when it has none. */
export function firstSentence(doc: string): string {
  return sentences(doc, 1);
}

/** The first sentences of a documentation text, from its first paragraph alone. */
export function sentences(doc: string, count: number, limit = lineLimit * count): string {
  const paragraph = firstParagraph(plainProse(doc));
  let end = 0;
  for (let found = 0; found < count && end < paragraph.length; found++) end = sentenceEnd(paragraph, end);
  return clip(paragraph.slice(0, end).trim().replace(/:$/, ''), limit);
}

function sentenceEnd(text: string, from: number): number {
  for (const match of text.slice(from).matchAll(/[.!?][)"'\]`]*(?=\s|$)|[。！？]/g)) {
    const end = from + match.index + match[0].length;
    const next = text.slice(end).trimStart()[0];
    // A lower-case letter goes on with the sentence: `the file config.js. has` is rarer than `approx. ten`.
    const goesOn = next !== undefined && /\p{Ll}/u.test(next) && match[0] === '.';
    if (!goesOn && !abbreviation.test(text.slice(0, from + match.index + 1))) return end;
  }
  return text.length;
}

/** Lines of the first paragraph that holds prose, joined; a list, a table or code ends it. */
function firstParagraph(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    const isBlock =
      /^(?:[-*+•] |\d+[.)] |>>>|\||\.\. |:\w[^:]*:(?:\s|$)|@\w)/.test(trimmed) ||
      /^[-=~^*#]{3,}$/.test(trimmed);
    const isHeading =
      /^(?:Args|Arguments|Parameters|Returns?|Raises|Yields|Examples?|Notes?|Usage|Attributes):?$/.test(
        trimmed,
      );
    if (trimmed === '' || isBlock || isHeading) {
      if (lines.length > 0) break;
      if (isHeading) break;
      continue;
    }
    lines.push(trimmed);
  }
  return lines.join(' ').replace(/\s+/g, ' ');
}

/** reStructuredText roles and double backquotes as plain code marks, fenced code and HTML tags away. */
function plainProse(text: string): string {
  return text
    .replace(/:[\w:]+:`~?\.?(?:[\w.]+\.)?([^`<]*?)(?:\s*<[^>]*>)?`/g, '`$1`')
    .replace(/(```|~~~)[\s\S]*?(?:\1|$)/g, '\n')
    .replace(/``([^`]+)``/g, '`$1`')
    .replace(/`([^`<]+?)\s*<[^>]+>`_+/g, '$1')
    .replace(/\[([^\]]+)\]\([^)\s]+\)/g, '$1')
    .replace(/<\/?[a-zA-Z][\w-]*(?:\s[^<>]*)?>/g, '');
}
