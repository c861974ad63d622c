import type { Passage } from '../protocol/questions';

/** A passage with its number, its place and its numbered lines, of which at most `maxLines` are shown. */
export function passageText({ number, citation, title, note, text }: Passage, maxLines: number): string {
  const { startLine, endLine } = citation.range;
  const shown = text.split('\n').slice(0, maxLines);
  const quoted = shown.map((line, i) => `${String(startLine + 1 + i).padStart(6)}  ${line}`);
  if (endLine - startLine >= shown.length) quoted.push('        …');
  return [
    `[${number}] ${citation.displayPath}:${startLine + 1}-${endLine + 1}${title ? `  ${title}` : ''}`,
    ...(note ? [`      ${note.text}${note.source === 'generated' ? ' (generated)' : ''}`] : []),
    ...quoted,
  ].join('\n');
}
