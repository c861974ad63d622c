/** From a question to the terms that are searched for. */
import { identifierTerm, termOf, wordsOf } from './words';

export interface QueryTerm {
  term: string;
  /** A name of several parts, written as one in the question. */
  identifier: boolean;
}

/** Words that carry the question, not its subject. */
const STOP_WORDS = new Set(
  (
    'a about after all also always an and any are as at be because been before being both but by can cannot could did do ' +
    'does doing done each either else even every exactly for from get gets given goes had happen happens has have having ' +
    'he her here his how i if in into is it its itself just kind let like long made make makes many may me might more most ' +
    'much must my need no not now of off on once one only or other our out over own part please project repo repository ' +
    'same see she should so some such take tell than that the their them then there these they thing this those through ' +
    'to too under until up us use used uses using very was way we were what when where whether which while who whose why ' +
    'will with within without work works would you your'
  ).split(' '),
);

/** Words about code as such: they say that code is asked for, not which. Kept when nothing else is left. */
const CODE_WORDS = new Set(
  'code codebase class classes function functions method methods file files implement implemented implementation implements defined definition define located logic module modules source'.split(
    ' ',
  ),
);

export interface Question {
  terms: readonly QueryTerm[];
  /** What is asked for answers with yes or no. */
  asksWhether: boolean;
}

export function questionOf(text: string): Question {
  const asksWhether = /\b(?:whether|true if|(?:checks?|tests?|determines?) (?:if|that|whether))\b/i.test(
    text,
  );
  return { terms: queryTerms(text), asksWhether };
}

/** In order of appearance, without repetition; empty when the question holds no word at all. */
export function queryTerms(question: string): QueryTerm[] {
  const content: QueryTerm[] = [];
  const weak: QueryTerm[] = [];
  const seen = new Set<string>();
  const add = (list: QueryTerm[], term: string, identifier: boolean) => {
    if (seen.has(term)) return;
    seen.add(term);
    list.push({ term, identifier });
  };
  for (const match of question.matchAll(/[\p{L}\p{N}_$]+/gu)) {
    const whole = identifierTerm(match[0]);
    if (whole) add(content, whole, true);
    for (const word of wordsOf(match[0])) {
      const lower = match[0].slice(word.start, word.end).toLowerCase();
      // Inside a name every part counts: `isUsed` is not the words "is used".
      if (!whole && (STOP_WORDS.has(lower) || lower.length === 1)) continue;
      add(!whole && CODE_WORDS.has(lower) ? weak : content, termOf(lower), false);
    }
  }
  return content.length > 0 ? content : weak;
}
