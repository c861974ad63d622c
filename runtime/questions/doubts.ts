/** What of a written answer its passages do not bear out: numbers that were not given, names that do not stand there. */
import type { AnswerDoubt, Passage } from '../protocol/questions';

/** @param passages those that the model was shown */
export function doubtsOf(answer: string, passages: readonly Passage[]): AnswerDoubt[] {
  const names = new Map(passages.map((passage) => [passage.number, namesOf(passage)]));
  const everywhere = new Set([...names.values()].flatMap((set) => [...set]));
  return sentencesOf(answer).flatMap(({ start, text }) => {
    const citations = citationsIn(text);
    const cited = citations.flatMap(({ numbers }) => numbers).filter((number) => names.has(number));
    const inCited = new Set(cited.flatMap((number) => [...names.get(number)!]));
    const doubts: AnswerDoubt[] = [];
    for (const { at, length, numbers } of citations)
      if (!numbers.every((number) => names.has(number)))
        doubts.push({ start: start + at, end: start + at + length, kind: 'no-passage' });
    for (const { index, 0: span } of text.matchAll(/`[^`\n]+`/g)) {
      const quoted = wordsIn(span);
      const place = { start: start + index, end: start + index + span.length };
      if (quoted.some((word) => !everywhere.has(word))) doubts.push({ ...place, kind: 'no-name' });
      else if (cited.length > 0 && quoted.some((word) => !inCited.has(word)))
        doubts.push({ ...place, kind: 'other-passage' });
    }
    return doubts.sort((a, b) => a.start - b.start);
  });
}

/** `[1]` and `[1, 3]`, wherever they do not stand in back quotes. */
function citationsIn(text: string): { at: number; length: number; numbers: number[] }[] {
  const plain = text.replace(/`[^`\n]*`/g, (span) => ' '.repeat(span.length));
  return [...plain.matchAll(/\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]/g)].map((match) => ({
    at: match.index,
    length: match[0].length,
    numbers: match[1]!.split(',').map(Number),
  }));
}

/**
 * A citation after the full stop belongs to the sentence before it. Blocks of code are left out: whoever writes an example may
 * name things in it.
 */
function sentencesOf(answer: string): { start: number; text: string }[] {
  const prose = answer.replace(/^```[^\n]*\n[\s\S]*?(?:^```|$(?![\s\S]))/gm, (block) =>
    ' '.repeat(block.length),
  );
  const sentences: { start: number; text: string }[] = [];
  let start = 0;
  for (const { index, 0: gap } of prose.matchAll(/(?<=[.!?](?:\s*\[[\d,\s]+\])*)\s+(?!\s*\[\d)|\n+/g)) {
    sentences.push({ start, text: prose.slice(start, index) });
    start = index + gap.length;
  }
  return [...sentences, { start, text: prose.slice(start) }];
}

/** The words of its lines, of its place and of its title. */
const namesOf = ({ text, citation, title }: Passage): Set<string> =>
  new Set(wordsIn(`${text}\n${citation.displayPath}\n${title ?? ''}`));

const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{N}_$]+/gu) ?? [];
