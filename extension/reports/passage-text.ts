import type { Passage } from '../../runtime/protocol/questions';
import type { Translate } from '../../runtime/protocol/translate';

/** A passage as Markdown for the clipboard: where it stands (lines from 1), then its text. */
export function passageText({ citation, languageId, text }: Passage, t: Translate): string {
  const { startLine, endLine } = citation.range;
  const place =
    startLine === endLine
      ? t('{0}, line {1}', citation.displayPath, startLine + 1)
      : t('{0}, lines {1} to {2}', citation.displayPath, startLine + 1, endLine + 1);
  const fence = codeFence(text);
  return `${place}\n${fence}${languageId}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

/** A fence longer than any run of backticks in the text. */
export function codeFence(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(3, longest + 1));
}
