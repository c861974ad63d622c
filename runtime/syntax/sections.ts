import type { OutlineSymbol } from '../protocol/outline';

/** A heading with what belongs to it, before nesting. */
export interface Heading {
  /** 1 to 6. */
  level: number;
  title: string;
  /** As written, marks included. */
  signature: string;
  line: number;
  doc?: string;
  /** Symbols that stand under this heading (a notebook's code). */
  symbols?: OutlineSymbol[];
}

/** Nests headings by their levels; each section reaches to the next heading of its level or above. */
export function nestSections(headings: readonly Heading[], lastLine: number): OutlineSymbol[] {
  const roots: OutlineSymbol[] = [];
  const open: { level: number; section: OutlineSymbol }[] = [];
  for (const [index, heading] of headings.entries()) {
    const next = headings.slice(index + 1).find((other) => other.level <= heading.level);
    const section: OutlineSymbol = {
      name: heading.title,
      kind: 'section',
      range: { startLine: heading.line, endLine: Math.max(heading.line, (next?.line ?? lastLine + 1) - 1) },
      nameLine: heading.line,
      signature: heading.signature,
      exported: true,
      ...(heading.doc ? { doc: heading.doc } : {}),
      children: [...(heading.symbols ?? [])],
    };
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= heading.level) open.pop();
    (open.at(-1)?.section.children ?? roots).push(section);
    open.push({ level: heading.level, section });
  }
  return roots;
}
