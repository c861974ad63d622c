/**
 * The text as the parsers read it: no byte-order mark, every line end a single LF. Lines keep their numbers,
 * offsets do not.
 */
export function normalizeText(text: string): string {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

/** Lines of a normalised text; a line end at the very end starts no further line. */
export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return text.length > 0 && !text.endsWith('\n') ? count + 1 : count;
}

/** One line: runs of white space become one space, what a line break opened or closed inside brackets goes. */
export function oneLine(text: string): string {
  return text
    .replace(/([([<])\s*\n\s*/g, '$1')
    .replace(/,?\s*\n\s*([)\]>])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** At most `limit` UTF-16 units, an ellipsis where something was cut; never half a surrogate pair. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const high = text.charCodeAt(limit - 2);
  const end = high >= 0xd800 && high <= 0xdbff ? limit - 2 : limit - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}
