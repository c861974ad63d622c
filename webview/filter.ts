import type { SummaryLine } from '../runtime/protocol/summaries';

/**
 * Indices of the lines that a filter leaves: every word of it stands in the name, signature or text. The symbols
 * around a match stay too, so that one still sees where it belongs.
 */
export function visibleLines(lines: readonly SummaryLine[], filter: string): Set<number> {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const visible = new Set<number>();
  /** Index of the latest line of each depth. */
  const parents: number[] = [];
  for (const [index, line] of lines.entries()) {
    parents.length = Math.min(parents.length, line.depth);
    const haystack = `${line.name}\n${line.signature}\n${line.text}\n${line.kind}`.toLowerCase();
    if (words.every((word) => haystack.includes(word))) {
      for (const parent of parents) if (parent !== undefined) visible.add(parent);
      visible.add(index);
    }
    parents[line.depth] = index;
  }
  return visible;
}
