import { element } from '../dom';
import { excerpt } from '../quote';
import type { QuotedLine } from '../quote';
import { t } from '../translate';
import { lines } from '../words';

const shownLines = 10;

/** Quoted lines with their numbers; a long quote begins as an excerpt with a button that shows the rest. */
export function codeBlock(quoted: readonly QuotedLine[], name: string): HTMLElement {
  const { from, to } = excerpt(quoted, shownLines);
  const whole = to - from === quoted.length;
  const code = element('div', { class: 'code', attributes: { role: 'group', 'aria-label': name } });
  const digits = String(quoted.at(-1)?.number ?? 0).length;
  // A tab stop of its own, so that the arrow keys can scroll it sideways.
  code.dataset.stop = '';
  code.dataset.digits = String(Math.min(digits, 6));
  if (from > 0) code.append(gap(from, 'above'));
  code.append(...quoted.slice(from, to).map(codeLine));
  if (to < quoted.length) code.append(gap(quoted.length - to, 'below'));
  const block = element('div', { class: 'code-block' }, code);
  if (whole) return block;

  const more = element('button', {
    class: 'more',
    attributes: { type: 'button', 'aria-expanded': 'false' },
    onClick() {
      code.replaceChildren(...quoted.map(codeLine));
      more.remove();
      code.focus({ preventScroll: true });
    },
  });
  more.textContent = t('Show all {0}', lines(quoted.length));
  block.append(more);
  return block;
}

function codeLine(line: QuotedLine): HTMLElement {
  const text = element('span', { class: 'code-text' });
  for (const piece of line.pieces) text.append(piece.marked ? element('mark', {}, piece.text) : piece.text);
  return element(
    'div',
    { class: 'code-line' },
    element('span', { class: 'code-number', attributes: { 'aria-hidden': 'true' } }, `${line.number}`),
    text,
  );
}

function gap(hidden: number, where: 'above' | 'below'): HTMLElement {
  const text =
    where === 'above' ? t('{0} left out above', lines(hidden)) : t('{0} left out below', lines(hidden));
  return element('div', { class: 'code-gap', attributes: { 'aria-label': text } }, '⋯');
}
