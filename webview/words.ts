/** The sentences and labels that more than one place shows, or that stand for a value of the protocol. */
import type { CompletionCandidate } from '../runtime/protocol/completion';
import type { IndexStatus } from '../runtime/protocol/index-status';
import type { SymbolKind } from '../runtime/protocol/outline';
import type { AskResponse } from '../runtime/protocol/questions';
import type { SummarySource } from '../runtime/protocol/summaries';
import type { LineRange } from '../runtime/protocol/text';
import { count, duration, percent, plural } from './format';

export const aboutAnswers =
  'Passages are quoted from your files, word for word. Written answers need an instruction-tuned model.';

export const exampleQuestions = [
  'Where are the settings read?',
  'How are errors shown to the user?',
  'What happens when a file is saved?',
];

export const nothingFound: Record<NonNullable<AskResponse['nothingFound']>, string> = {
  'empty-workspace': 'No folder is open. Open the folder of your project, then ask again.',
  'index-empty':
    'Nothing is indexed yet. Ask again in a moment: files can be found as soon as they are read.',
  'no-match':
    'No passage matches these words. Try names or words that stand in the code, such as a function or an error message.',
  'index-disabled':
    'The index is switched off. Turn on the setting “longview.index.enabled” to search this workspace.',
};

/** "12 passages from 340 files, 85 ms search, 1.2 s re-ranking". */
export function answerCost(response: AskResponse): string {
  const parts = [
    `${plural(response.passages.length, 'passage')} from ${plural(response.filesSearched, 'file')}`,
    `${duration(response.ms.search)} search`,
  ];
  if (response.reranked) parts.push(`${duration(response.ms.rerank)} re-ranking`);
  return parts.join(', ');
}

export function indexLine(index: IndexStatus | undefined): string {
  if (!index) return 'Waiting for the engine…';
  const { filesDone, filesTotal } = index;
  const progress = `${count(filesDone)} of ${plural(filesTotal, 'file')}`;
  switch (index.state) {
    case 'off':
      return index.reason ?? 'The index is off.';
    case 'idle':
      return 'The index has not started yet.';
    case 'scanning':
      return filesTotal > 0 ? `Looking for files… ${count(filesTotal)} so far` : 'Looking for files…';
    case 'indexing':
      return `${percent(indexedShare(index))} indexed, ${progress}`;
    case 'paused':
      return `Indexing paused at ${percent(indexedShare(index))}, ${progress}`;
    case 'ready':
      return `${plural(filesDone, 'file')} indexed`;
    case 'failed':
      return index.reason ?? 'The index could not be built.';
  }
}

export const indexedShare = ({ filesDone, filesTotal }: IndexStatus): number =>
  filesTotal > 0 ? filesDone / filesTotal : 0;

/** As editors count: from 1. "10" or "10-24". */
export function lineNumbers({ startLine, endLine }: LineRange): string {
  return startLine === endLine ? `${startLine + 1}` : `${startLine + 1}-${endLine + 1}`;
}

/** How a link to a place is read aloud: "src/store.ts, lines 10 to 24". */
export function placeName(displayPath: string, { startLine, endLine }: LineRange): string {
  const lines = startLine === endLine ? `line ${startLine + 1}` : `lines ${startLine + 1} to ${endLine + 1}`;
  return `${displayPath}, ${lines}`;
}

export const sourceLabel: Record<SummarySource, string> = {
  doc: 'From the file’s own documentation',
  generated: 'Generated',
  derived: 'Derived from what it exports and who imports it',
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
  'end-token': 'ended by itself',
  'line-end': 'ended with the line',
  'block-end': 'ended with the block',
  limit: 'cut at the length limit',
  suffix: 'ended where your code goes on',
  'low-confidence': 'stopped when it became unsure',
  repetition: 'stopped when it repeated itself',
};

/** @param confidence 0..1, close to calibrated. */
export function confidenceWord(confidence: number): string {
  if (confidence >= 0.75) return 'very likely';
  if (confidence >= 0.5) return 'likely';
  if (confidence >= 0.25) return 'unsure';
  return 'a guess';
}
