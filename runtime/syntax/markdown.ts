import type { FileOutline } from '../protocol/outline';
import { clip, countLines, oneLine } from './lines';
import { nestSections, type Heading } from './sections';

/** Sections by headings (`#` and underlined), code blocks and front matter skipped. */
export function outlineMarkdown(text: string): FileOutline {
  const lines = text.split('\n');
  const lineCount = countLines(text);
  const headings = headingsOf(lines);
  const doc = leadingParagraph(lines, headings);
  return {
    languageId: 'markdown',
    lineCount,
    ...(doc ? { doc } : {}),
    imports: [],
    symbols: nestSections(headings, lineCount - 1),
  };
}

export function headingsOf(lines: readonly string[]): Heading[] {
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (let line = frontMatterEnd(lines); line < lines.length; line++) {
    const text = lines[line] ?? '';
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && text.trim() === mark) fence = undefined;
      continue;
    }
    if (mark) {
      fence = mark;
      continue;
    }
    const heading = atx(text) ?? underlined(text, lines[line + 1] ?? '', lines[line - 1] ?? '');
    if (!heading) continue;
    const doc = paragraphAfter(lines, line + (heading.underlined ? 2 : 1));
    headings.push({
      level: heading.level,
      title: heading.title,
      signature: clip(oneLine(text), 240),
      line,
      ...(doc ? { doc } : {}),
    });
  }
  return headings;
}

interface FoundHeading {
  level: number;
  title: string;
  underlined?: boolean;
}

function atx(text: string): FoundHeading | undefined {
  const found = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/.exec(text);
  const title = found?.[2]?.trim().replace(/(?:^|[ \t]+)#+$/, '');
  return found?.[1] && title ? { level: found[1].length, title: plain(title) } : undefined;
}

function underlined(text: string, below: string, above: string): FoundHeading | undefined {
  const mark = /^ {0,3}(=+|-+)[ \t]*$/.exec(below)?.[1];
  if (!mark || mark.length < 2 || above.trim() !== '' || !/^ {0,3}[^\s>|#*+-]/.test(text)) return undefined;
  return { level: mark.startsWith('=') ? 1 : 2, title: plain(text.trim()), underlined: true };
}

function frontMatterEnd(lines: readonly string[]): number {
  if (lines[0]?.trim() !== '---') return 0;
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  return end < 0 ? 0 : end + 1;
}

/** The paragraph that introduces the whole file: before the first heading, or under the title. */
function leadingParagraph(lines: readonly string[], headings: readonly Heading[]): string | undefined {
  const first = headings[0];
  const before = first
    ? paragraphAfter(lines.slice(0, first.line), frontMatterEnd(lines))
    : paragraphAfter(lines, frontMatterEnd(lines));
  return before ?? first?.doc;
}

/** The first paragraph of prose from `line` on, before the next heading; badges, lists, tables and code are none. */
function paragraphAfter(lines: readonly string[], line: number): string | undefined {
  const limit = Math.min(lines.length, line + 40);
  for (let at = line; at < limit; at++) {
    const text = lines[at] ?? '';
    if (atx(text) || underlined(text, lines[at + 1] ?? '', lines[at - 1] ?? '')) return undefined;
    if (/^\s*(?:```|~~~)/.test(text)) return undefined;
    if (!isProse(text)) continue;
    const paragraph: string[] = [];
    for (
      ;
      at < limit &&
      (lines[at] ?? '').trim() !== '' &&
      !atx(lines[at] ?? '') &&
      !/^\s*(?:```|~~~|[-*+] |[=-]+\s*$)/.test(lines[at] ?? '');
      at++
    ) {
      paragraph.push((lines[at] ?? '').trim());
    }
    const prose = plain(paragraph.join(' '));
    if (/\p{L}.*\p{L}/u.test(prose)) return clip(prose, 1000);
  }
  return undefined;
}

function isProse(text: string): boolean {
  return (
    text.trim() !== '' && !/^\s*(?:[-*+] |\d+[.)] |[|<>]|!\[|\[!\[|\[[^\]]+\]:|[-*_=\s]{3,}$| {4})/.test(text)
  );
}

/** Inline marks away: links keep their text, images go. */
function plain(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]+)\]\[[^\]]*\]/g, '$1')
    .replace(/<\/?[a-zA-Z][^>]*>/g, '')
    .replace(/(\*\*|__)(?=\S)([\s\S]*?\S)\1/g, '$2')
    .replace(/(?<!\w)([*_])(?=\S)([^*_]*\S)\1(?!\w)/g, '$2')
    .replace(/`([^`]*)`/g, '$1')
    .trim();
}
