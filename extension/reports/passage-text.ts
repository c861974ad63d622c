import type { Passage } from '../../runtime/protocol/questions';

/** A passage as Markdown for the clipboard: where it stands (lines from 1), then its text. */
export function passageText({ citation, languageId, text }: Passage): string {
  const { startLine, endLine } = citation.range;
  const lines = startLine === endLine ? `line ${startLine + 1}` : `lines ${startLine + 1} to ${endLine + 1}`;
  const fence = codeFence(text);
  return `${citation.displayPath}, ${lines}\n${fence}${languageId}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

/** A fence longer than any run of backticks in the text. */
export function codeFence(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(3, longest + 1));
}
