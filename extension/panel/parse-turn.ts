/** Turns that the webview kept while there was no window: passages are looked up in their files before they are used. */
import type { ShownAnswer, ShownTurn } from '../../runtime/protocol/conversation';
import type { Passage, PassageNote } from '../../runtime/protocol/questions';
import { isRecord } from '../../runtime/protocol/json';
import { parseAsking } from './parse-asking';
import { isCount, isId, isText, listOf, parseRange, pathLimit } from './parse-values';

const passageLimit = 50;
/** UTF-16 units, of a passage or of what was written from them. */
const textLimit = 1_000_000;
const nameLimit = 1_000;

export function parseTurn(value: unknown): ShownTurn | undefined {
  if (!isRecord(value) || !isId(value.id)) return undefined;
  const asking = parseAsking(value.asking);
  const response = parseShownAnswer(value.response);
  return asking && response && { id: value.id, asking, response };
}

function parseShownAnswer(value: unknown): ShownAnswer | undefined {
  if (!isRecord(value)) return undefined;
  const passages = listOf(value.passages, passageLimit, parsePassage);
  if (!passages || value.answer === undefined) return passages && { passages };
  const { answer } = value;
  if (!isRecord(answer) || !isText(answer.model, nameLimit) || !isText(answer.text, textLimit))
    return undefined;
  return { passages, answer: { model: answer.model, text: answer.text } };
}

/** Without what was marked in it, and how well it fitted: only the page shows these. */
function parsePassage(value: unknown): Passage | undefined {
  if (!isRecord(value) || !isRecord(value.citation)) return undefined;
  const { path, displayPath } = value.citation;
  const { number, languageId, title, text } = value;
  const range = parseRange(value.citation.range);
  const note = value.note === undefined ? undefined : parseNote(value.note);
  if (!range || !isText(path, pathLimit) || !isText(displayPath, pathLimit)) return undefined;
  if (!isCount(number) || !isText(languageId, nameLimit) || !isText(text, textLimit)) return undefined;
  if (value.note !== undefined && !note) return undefined;
  return {
    number,
    citation: { path, displayPath, range },
    languageId,
    ...(isText(title, nameLimit) && { title }),
    ...(note && { note }),
    text,
    highlights: [],
    score: 0,
  };
}

function parseNote(value: unknown): PassageNote | undefined {
  if (!isRecord(value) || !isText(value.text, textLimit) || !isCount(value.line)) return undefined;
  const { text, source, symbol, line } = value;
  if (source !== 'doc' && source !== 'generated') return undefined;
  return { text, source, line, ...(isText(symbol, nameLimit) && { symbol }) };
}
