/** The sentences and labels that more than one place shows, or that stand for a value of the protocol. */
import type { AnswerEnd } from '../runtime/protocol/chat';
import type { CompletionCandidate } from '../runtime/protocol/completion';
import type { IndexStatus } from '../runtime/protocol/index-status';
import type { SymbolKind } from '../runtime/protocol/outline';
import type { AskResponse } from '../runtime/protocol/questions';
import type { SummarySource } from '../runtime/protocol/summaries';
import type { LineRange } from '../runtime/protocol/text';
import { count, duration, percent } from './format';
import { t } from './translate';

export const aboutPassages = t('Passages are quoted from your files, word for word.');
export const aboutAnswers = t(
  'Passages are quoted from your files, word for word. Written answers need an instruction-tuned model.',
);

/** Languages in which the editor can put a line of documentation in its place. */
export const documentedLanguages: ReadonlySet<string> = new Set(
  'javascript javascriptreact typescript typescriptreact java php c cpp csharp rust go ruby python'.split(
    ' ',
  ),
);

export const exampleQuestions = [
  t('Where are the settings read?'),
  t('How are errors shown to the user?'),
  t('What happens when a file is saved?'),
];

export const passages = (n: number): string => (n === 1 ? t('1 passage') : t('{0} passages', count(n)));
export const files = (n: number): string => (n === 1 ? t('1 file') : t('{0} files', count(n)));
export const lines = (n: number): string => (n === 1 ? t('1 line') : t('{0} lines', count(n)));
export const symbols = (n: number): string => (n === 1 ? t('1 symbol') : t('{0} symbols', count(n)));
export const suggestions = (n: number): string =>
  n === 1 ? t('1 suggestion') : t('{0} suggestions', count(n));
export const tokens = (n: number): string => (n === 1 ? t('1 token') : t('{0} tokens', count(n)));

export const nothingFound: Record<NonNullable<AskResponse['nothingFound']>, string> = {
  'empty-workspace': t('No folder is open. Open the folder of your project, then ask again.'),
  'index-empty': t(
    'Nothing is indexed yet. Ask again in a moment: files can be found as soon as they are read.',
  ),
  'no-match': t(
    'No passage matches these words. Try names or words that stand in the code, such as a function or an error message.',
  ),
  'index-disabled': t('The index is switched off. Switch it on to search this workspace.'),
};

/** "12 passages from 340 files, 85 ms search, 1.2 s re-ranking". */
export function answerCost(response: AskResponse): string {
  const parts = [
    t('{0} from {1}', passages(response.passages.length), files(response.filesSearched)),
    t('{0} search', duration(response.ms.search)),
  ];
  if (response.byMeaning) parts.push(t('by meaning as well'));
  if (response.reranked) parts.push(t('{0} re-ranking', duration(response.ms.rerank)));
  return parts.join(', ');
}

export function indexLine(index: IndexStatus | undefined): string {
  if (!index) return t('Waiting for the engine…');
  const { filesDone, filesTotal } = index;
  const done = percent(indexedShare(index));
  switch (index.state) {
    case 'off':
      return t('The index is switched off.');
    case 'idle':
      return t('The index has not started yet.');
    case 'scanning':
      return filesTotal > 0 ? t('Looking for files… {0} so far', count(filesTotal)) : t('Looking for files…');
    case 'indexing':
      return t('{0} indexed, {1} of {2}', done, count(filesDone), files(filesTotal));
    case 'paused':
      return t('Indexing paused at {0}, {1} of {2}', done, count(filesDone), files(filesTotal));
    case 'ready':
      return readyLine(index);
    case 'failed':
      return index.reason ?? t('The index could not be built.');
  }
}

function readyLine({ filesDone, vectors }: IndexStatus): string {
  if (vectors?.problem !== undefined)
    return t('{0} indexed, and no more vectors made: {1}', files(filesDone), vectors.problem);
  if (!vectors || vectors.encoded === vectors.passages) return t('{0} indexed', files(filesDone));
  const share = percent(vectors.encoded / vectors.passages);
  return t('{0} indexed, with vectors for {1} of passages', files(filesDone), share);
}

export const indexedShare = ({ filesDone, filesTotal }: IndexStatus): number =>
  filesTotal > 0 ? filesDone / filesTotal : 0;

/** As editors count: from 1. "10" or "10-24". */
export function lineNumbers({ startLine, endLine }: LineRange): string {
  return startLine === endLine ? `${startLine + 1}` : `${startLine + 1}-${endLine + 1}`;
}

/** How a link to a place is read aloud: "src/store.ts, lines 10 to 24". */
export function placeName(displayPath: string, { startLine, endLine }: LineRange): string {
  return startLine === endLine
    ? t('{0}, line {1}', displayPath, startLine + 1)
    : t('{0}, lines {1} to {2}', displayPath, startLine + 1, endLine + 1);
}

export const sourceLabel: Record<SummarySource, string> = {
  doc: t('From the file’s own documentation'),
  generated: t('Generated'),
  derived: t('Derived from what it exports and who imports it'),
  none: '',
};

export const kindLetter: Record<SymbolKind, string> = {
  module: 'M',
  namespace: 'N',
  class: 'C',
  interface: 'I',
  enum: 'E',
  type: 'T',
  function: 'ƒ',
  method: 'm',
  constructor: 'n',
  property: 'p',
  constant: 'k',
  variable: 'v',
  section: '§',
};

export const stopReason: Record<CompletionCandidate['stoppedBy'], string> = {
  'end-token': t('ended by itself'),
  'line-end': t('ended with the line'),
  'block-end': t('ended with the block'),
  limit: t('cut at the length limit'),
  suffix: t('ended where your code goes on'),
  'low-confidence': t('stopped when it became unsure'),
  repetition: t('stopped when it repeated itself'),
};

export const answerEnd: Record<AnswerEnd, string> = {
  complete: '',
  limit: t('cut at the length limit'),
  repetition: t('stopped when it repeated itself'),
  stopped: t('stopped before its end'),
};

/** @param confidence 0..1, close to calibrated. */
export function confidenceWord(confidence: number): string {
  if (confidence >= 0.75) return t('very likely');
  if (confidence >= 0.5) return t('likely');
  if (confidence >= 0.25) return t('unsure');
  return t('a guess');
}
