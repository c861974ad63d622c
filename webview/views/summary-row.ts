import type { SummaryLine } from '../../runtime/protocol/summaries';
import { element, link, replace, spoken } from '../dom';
import { icon } from '../icons';
import { prose } from '../prose';
import { t } from '../translate';
import { kindLetter, sourceLabel } from '../words';
import type { Actions } from './view';

const deepest = 8;

export interface SummaryRow {
  element: HTMLElement;
  update(line: SummaryLine, pending: boolean): void;
}

/** One symbol: kind, name, line, signature, and its line of text, which may come later. */
export function summaryRow(path: string, first: SummaryLine, pending: boolean, actions: Actions): SummaryRow {
  let line = first;
  const text = element('span', { class: 'row-text' });
  const signature = line.signature.trim();
  const row = link(
    { class: 'row', attributes: { tabindex: '-1' } },
    `L${line.nameLine + 1}`,
    () => actions.post({ type: 'openLine', path, line: line.nameLine, endLine: line.range.endLine }),
    element(
      'span',
      { class: `kind kind-${line.kind}`, attributes: { 'aria-hidden': 'true' }, title: line.kind },
      kindLetter[line.kind] ?? '•',
    ),
    element(
      'span',
      { class: 'row-body' },
      element(
        'span',
        { class: 'row-head' },
        spoken(`${line.kind} `),
        element('span', { class: 'row-name' }, line.name),
        element('span', { class: 'row-line' }, spoken(t(', line ')), `${line.nameLine + 1}`),
      ),
      signature !== '' &&
        signature !== line.name &&
        element('span', { class: 'row-signature', title: signature }, signature),
      text,
    ),
  );
  const item = element(
    'div',
    { class: 'row-item', attributes: { role: 'listitem', 'aria-level': `${line.depth + 1}` } },
    row,
  );
  item.dataset.depth = `${Math.min(line.depth, deepest)}`;

  function update(next: SummaryLine, isPending: boolean): void {
    line = next;
    item.classList.toggle('pending', isPending && next.text === '');
    if (next.text !== '') replace(text, ...prose(next.text), next.source === 'generated' && generatedLabel());
    else replace(text, isPending && '…');
  }
  update(first, pending);
  return { element: item, update };
}

export function generatedLabel(): HTMLElement {
  return element(
    'span',
    { class: 'generated', title: t('Written by the model: check it against the code') },
    icon('sparkle'),
    sourceLabel.generated,
  );
}
