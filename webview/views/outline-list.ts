import type { FileSummary, SummaryLine } from '../../runtime/protocol/summaries';
import { element } from '../dom';
import { visibleLines } from '../filter';
import { t } from '../translate';
import { rovingList } from './roving';
import { summaryRow } from './summary-row';
import type { SummaryRow } from './summary-row';
import type { Actions } from './view';

export interface OutlineList {
  element: HTMLElement;
  update(summary: FileSummary | undefined, running: boolean, filter: string): void;
  /** How many rows pass the filter. */
  shown(): number;
}

/**
 * The outline's rows. While lines stream in, only the rows whose line differs are touched, so that scroll place,
 * focus and selection stay; the browser skips drawing what is out of sight (content-visibility in the style sheet).
 */
export function outlineList(actions: Actions): OutlineList {
  const list = element('div', { class: 'rows', attributes: { role: 'list', 'aria-label': t('Outline') } });
  const refresh = rovingList(list, '.row');
  let rows: SummaryRow[] = [];
  let lines: readonly SummaryLine[] = [];
  let wasRunning = false;
  let filtered = '';
  let shownCount = 0;

  function rebuild(summary: FileSummary | undefined, running: boolean): void {
    const next = summary?.lines ?? [];
    rows = next.map((line) => summaryRow(summary?.path ?? '', line, isPending(line, running), actions));
    list.replaceChildren(...rows.map((row) => row.element));
  }

  function patch(next: readonly SummaryLine[], running: boolean): void {
    for (const [index, line] of next.entries()) {
      if (line !== lines[index] || running !== wasRunning)
        rows[index]?.update(line, isPending(line, running));
    }
  }

  return {
    element: list,
    shown: () => shownCount,
    update(summary, running, filter) {
      const next = summary?.lines ?? [];
      const sameShape =
        next.length === lines.length && next.every((line, index) => isSameSymbol(line, lines[index]));
      if (next !== lines || running !== wasRunning) {
        if (sameShape) patch(next, running);
        else rebuild(summary, running);
      }
      if (!sameShape || filter !== filtered || (filter !== '' && next !== lines)) {
        const visible = visibleLines(next, filter);
        shownCount = visible.size;
        for (const [index, row] of rows.entries())
          row.element.hidden = filter.trim() !== '' && !visible.has(index);
      }
      const reordered = !sameShape || filter !== filtered;
      lines = next;
      wasRunning = running;
      filtered = filter;
      if (reordered) refresh();
    },
  };
}

const isPending = (line: SummaryLine, running: boolean) => running && line.source === 'none';

/** Same row, though its text may differ. */
function isSameSymbol(line: SummaryLine, other: SummaryLine | undefined): boolean {
  return (
    other === line ||
    (other !== undefined &&
      line.name === other.name &&
      line.nameLine === other.nameLine &&
      line.kind === other.kind &&
      line.signature === other.signature &&
      line.depth === other.depth)
  );
}
