/** The passages that the index proposes for a question, in the light of what it follows and what it is about. */
import type { AskRequest } from '../protocol/questions';
import type { Evidence, EvidenceIndex, EvidenceScope } from './evidence';

/**
 * The question's own share of the verdict, what it follows having the rest. Chosen on 14 follow-ups to questions about
 * this project: the right file was among the first five passages for 71 % (43 % for the question alone), while the MRR of
 * the golden questions, each made to follow one that has nothing to do with it, went from 0.438 to 0.410.
 */
const OWN_WEIGHT = 0.4;
/** Of a question about code at hand: its words ("What calls this?") say less than the names that stand there. */
const OWN_WEIGHT_ABOUT = 0.15;
/** Earlier questions that still say what is talked about. */
const EARLIER = 2;
/** Names of the code in question that are searched for. */
const NAMES = 24;

/**
 * Best first. A question that follows others is searched for by itself and together with them: what answers both comes
 * first. Where nothing holds a word of its own, nothing is found, whatever it follows.
 */
export function propose(
  request: Pick<AskRequest, 'question' | 'earlier' | 'about'>,
  index: EvidenceIndex,
  scope: EvidenceScope,
): Evidence[] {
  const { question, earlier = [], about = '' } = request;
  if (isAboutNames(request)) return index.search(namesIn(about), scope);
  const own = index.search(question, scope);
  const context = [...earlier.slice(-EARLIER), namesIn(about)].filter((part) => part !== '').join(' ');
  // "What does this do?" has no word of its own: the code that it is about speaks for it.
  if (context === '' || (own.length === 0 && about === '')) return own;
  return blend(
    own,
    index.search(`${question} ${context}`, scope),
    about === '' ? OWN_WEIGHT : OWN_WEIGHT_ABOUT,
  );
}

/** "What calls this?" is about the code's own names: passages about calls are no answer. */
export function isAboutNames({ question, about = '' }: Pick<AskRequest, 'question' | 'about'>): boolean {
  return about !== '' && asksForRelations(question);
}

/** Both lists in one order, by the weighted sum of their scores, each as a share of its list's best. */
export function blend(
  own: readonly Evidence[],
  together: readonly Evidence[],
  ownWeight: number,
): Evidence[] {
  const scored = new Map<string, Evidence>();
  const add = (list: readonly Evidence[], weight: number) => {
    const best = Math.max(...list.map((item) => item.score));
    for (const item of list) {
      const key = `${item.path}\0${item.range.startLine}`;
      const before = scored.get(key);
      const score = (before?.score ?? 0) + weight * (best > 0 ? item.score / best : 0);
      scored.set(key, { ...(before ?? item), score });
    }
  };
  add(own, ownWeight);
  add(together, 1 - ownWeight);
  return [...scored.values()].sort((a, b) => b.score - a.score);
}

const relations =
  /^(?:calls?|call(?:ed|ers?|ing)|us(?:e|es|ed|ers?|ing|ages?)|imports?|imported|references?|referenced|invokes?|invoked|where|who|what|which|how|when|is|are|does|do|did|by|from|in|on|of|the|this|that|these|those|it|its|code|function|method|class|selection|else|other|places?|files?)$/i;

/** Nothing but how the code at hand is connected with the rest. */
function asksForRelations(question: string): boolean {
  const words = question.match(/\p{L}+/gu) ?? [];
  return words.length > 0 && words.every((word) => relations.test(word));
}

/** The identifiers of a piece of code, each once, in order. */
function namesIn(code: string): string {
  return [...new Set(code.match(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu))].slice(0, NAMES).join(' ');
}
