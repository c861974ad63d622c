import type { ShownAnswer } from '../../runtime/protocol/conversation';
import type { Passage } from '../../runtime/protocol/questions';
import type { Translate } from '../../runtime/protocol/translate';
import { escapeMarkdown } from '../status/tooltip';
import { codeFence } from './passage-text';

/**
 * A question and its passages as a Markdown document. Links are relative to the workspace folder and name lines as
 * code hosts and the editor do, so that they work wherever the repository is.
 */
export function answerMarkdown(question: string, response: ShownAnswer, t: Translate): string {
  const parts = [`# ${escapeMarkdown(question.replace(/\s+/g, ' ').trim())}`];
  if (response.passages.length === 0) parts.push(t('No passages were found.'));
  if (response.answer) parts.push(writtenMarkdown(response.answer, t));
  for (const passage of response.passages) parts.push(passageMarkdown(passage, t));
  return `${parts.join('\n\n')}\n`;
}

/** What the model wrote is Markdown already; HTML in it is shown as it is written. */
function writtenMarkdown({ text, model }: NonNullable<ShownAnswer['answer']>, t: Translate): string {
  const label = t('Written by {0}, a model: check it against the passages.', model);
  const plain = text
    .trim()
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/)
    .map((piece, index) => (index % 2 === 0 ? piece.replace(/</g, '&lt;') : piece))
    .join('');
  return `${plain}\n\n*${escapeMarkdown(label)}*`;
}

function passageMarkdown({ number, citation, languageId, title, note, text }: Passage, t: Translate): string {
  const { displayPath, range } = citation;
  const [first, last] = [range.startLine + 1, range.endLine + 1];
  const lines = first === last ? `${first}` : `${first}-${last}`;
  const anchor = first === last ? `L${first}` : `L${first}-L${last}`;
  const link = `[${escapeMarkdown(`${displayPath}:${lines}`)}](${urlPath(displayPath)}#${anchor})`;
  const parts = [`## ${number}. ${link}`];
  if (title) parts.push(`**${escapeMarkdown(title)}**`);
  if (note) {
    const symbol = note.symbol === undefined ? '' : `\`${note.symbol}\`: `;
    const label = note.source === 'generated' ? ` *(${t('generated')})*` : '';
    parts.push(`${symbol}${escapeMarkdown(note.text)}${label}`);
  }
  const fence = codeFence(text);
  parts.push(`${fence}${languageId}\n${text.replace(/\n$/, '')}\n${fence}`);
  return parts.join('\n\n');
}

/** What would end a link or begin its query stands there by its number. */
function urlPath(displayPath: string): string {
  return encodeURI(displayPath).replace(/[()#?]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}
