import { element, type Child } from './dom';

/** A sentence from documentation, with what stands between backticks set as code. All of it remains plain text. */
export function prose(text: string): Child[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter((part) => part !== '')
    .map((part) => (isCode(part) ? element('code', {}, part.slice(1, -1)) : part));
}

function isCode(part: string): boolean {
  return part.length > 2 && part.startsWith('`') && part.endsWith('`');
}
