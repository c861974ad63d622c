import { faithfulness } from './identifiers';
import { contentStems, partsOf, stem } from './words';

/** What the model said of a symbol, before it is judged. Plain data: this is what the cache keeps. */
export interface GeneratedText {
  text: string;
  /** Mean natural logarithm of the tokens' probabilities. */
  meanLogProbability: number;
  /** It ended by itself, not at the limit of tokens. */
  ended: boolean;
}

export type DropReason =
  | 'empty'
  | 'garbled'
  | 'unfinished'
  | 'repetitive'
  | 'unlikely'
  | 'unfaithful'
  | 'foreign'
  | 'ungrounded'
  | 'circular'
  | 'restates';

export type Judgement = { text: string } | { dropped: DropReason };

export interface JudgedSymbol {
  name: string;
  /** The symbol's code as the model read it. */
  code: string;
  ownerName?: string;
}

/**
 * Below this the model guessed. This and the rules below were chosen on 150 documented symbols of repositories that the
 * model has not seen, their documentation taken away: lines beside code and original.
 */
const leastMeanLogProbability = -1.15;

/**
 * Whether a generated line may be shown, and its cleaned text. A line is worth its place when it is whole, says something
 * that the name does not, and speaks of what the code has.
 */
export function judge(
  generated: GeneratedText,
  symbol: JudgedSymbol,
  fileWords: ReadonlySet<string>,
): Judgement {
  const text = cleaned(generated.text);
  if (text === '') return { dropped: 'empty' };
  if (isGarbled(text)) return { dropped: 'garbled' };
  if (!generated.ended) return { dropped: 'unfinished' };
  if (isRepetitive(text)) return { dropped: 'repetitive' };
  if (!(generated.meanLogProbability >= leastMeanLogProbability)) return { dropped: 'unlikely' };
  if (faithfulness(text, fileWords).share < 1) return { dropped: 'unfaithful' };
  if (namesForeign(text, fileWords)) return { dropped: 'foreign' };
  if (isUngrounded(text, symbol)) return { dropped: 'ungrounded' };
  if (isCircular(text)) return { dropped: 'circular' };
  if (restates(text, symbol)) return { dropped: 'restates' };
  return { text };
}

/** One line, comment marks and tags away, a capital letter first and a full stop last. */
export function cleaned(raw: string): string {
  const line = (raw.trim().split('\n')[0] ?? '')
    .replace(/^(?:\/\*\*?|\/\/+|\*|#+|"""|''')\s*/, '')
    .replace(/\s*(?:\*\/|"""|''')\s*$/, '')
    .replace(/:[\w:]+:`~?\.?([^`]*)`/g, '`$1`')
    .replace(/``([^`]+)``/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '' || /^@/.test(line)) return '';
  const first = line[0] ?? '';
  const startsWithName = /^[\p{Ll}][\p{L}\p{N}]*(?:[_$(.]|\p{Lu})/u.test(line);
  const capital = startsWithName ? line : first.toUpperCase() + line.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital.replace(/[:;,]$/, '')}.`;
}

function isGarbled(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const words = text.split(' ');
  const backquotes = text.match(/`/g)?.length ?? 0;
  return (
    letters < text.length * 0.6 ||
    text.includes('\ufffd') ||
    backquotes % 2 === 1 ||
    words.length < 2 ||
    words.some((word) => word.length > 60) ||
    /https?:|[{};]|=>|[=]{2}|\$\{/.test(text)
  );
}

/** A word after itself, or few different words among many. */
export function isRepetitive(text: string): boolean {
  const words = partsOf(text);
  if (words.some((word, index) => word === words[index - 1])) return true;
  if (words.length >= 6 && new Set(words).size < words.length * 0.6) return true;
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  return new Set(pairs).size < pairs.length - 1;
}

/** A name in the middle of the sentence that the file never mentions: a project, a class from elsewhere. */
function namesForeign(text: string, fileWords: ReadonlySet<string>): boolean {
  const known = new Set([...fileWords].flatMap(partsOf).map(stem));
  const inner = text
    .replace(/`[^`]+`/g, ' ')
    .split(/[.!?]\s+/)
    .flatMap((sentence) => sentence.trim().split(/\s+/).slice(1));
  return inner.some(
    (word) => /^\p{Lu}\p{Ll}/u.test(word) && partsOf(word).some((part) => !known.has(stem(part))),
  );
}

/** Words of programming prose that may be said of any code. */
const common =
  stems(`accept accepted add added allow already another append appropriate apply array associated async asynchronous
  available based boolean build built call callable callback called change check child class clear code collect compare
  compute contain containing contains context convert correct corresponding count create created current data decorator default
  delete detail determine dictionary dict different directory element empty end ensure entire entry environment equal error event
  exception execute exist existing extract extra fail false field file filter final find finished first following format found
  function generate generator handle handler implement index individual information input insert instance invoke item iterable
  iterate iterator join key last length level line list load loop make manager map mapping match matching merge message method
  multiple name necessary need next none null number object optional original output over pair parameter argument parent parse part
  particular pass passed path position possible prefix prepare present previous print process property provide provided python raise
  range raw read receive record register regular related relevant remove replace represent representation request require required
  resolve respective response rest result retrieve return root row run search same second select send separate sequence set several show
  single size skip sort source specific specified split start stop store string structure subset successful successfully suffix support take target
  test text throw tuple tree true turn type underlying unique until update use used using valid validate value variable version via visit
  walk wait word wrap write yield zero`);

/**
 * A word of substance that the symbol's code does not have: the model speaks of something else. The first word, which
 * says what is done, may be new.
 */
export function isUngrounded(text: string, symbol: JudgedSymbol): boolean {
  const known = new Set(partsOf(`${symbol.code} ${symbol.name} ${symbol.ownerName ?? ''}`).map(stem));
  const rest = text.replace(/^\S+/, '');
  return contentStems(rest).some((word) => !known.has(word) && !common.has(word) && !filler.has(word));
}

/** Explains a thing by itself: "the layout of the layout". */
function isCircular(text: string): boolean {
  const words = contentStems(text);
  return new Set(words).size < words.length * 0.75;
}

/** Words that add nothing to a name. */
const filler =
  stems(`function method class helper utility object instance value result return get set call create make handle type provide
  use perform represent implement define property constructor initialize initialise current specified parameter argument data thing base
  variable item list element
  simple decorator`);

/** Says hardly more than the symbol's own name and its owner's. */
export function restates(text: string, symbol: JudgedSymbol): boolean {
  if (text.split(' ').length < 4) return true;
  const own = new Set(contentStems(`${symbol.name} ${symbol.ownerName ?? ''}`));
  return contentStems(text).every((word) => own.has(word) || filler.has(word));
}

function stems(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).map(stem));
}
