import { element } from '../dom';
import { excerpt } from '../quote';
import type { QuotedLine } from '../quote';

const shownLines = 10;

/** Quoted lines with their numbers; a long quote begins as an excerpt with a button that shows the rest. */
export function codeBlock(lines: readonly QuotedLine[], name: string): HTMLElement {
  const { from, to } = excerpt(lines, shownLines);
  const whole = to - from === lines.length;
  const code = element('div', { class: 'code', attributes: { role: 'group', 'aria-label': name } });
  const digits = String(lines.at(-1)?.number ?? 0).length;
  // A tab stop of its own, so that the arrow keys can scroll it sideways.
  code.dataset.stop = '';
  code.dataset.digits = String(Math.min(digits, 6));
  if (from > 0) code.append(gap(from, 'above'));
  code.append(...lines.slice(from, to).map(codeLine));
  if (to < lines.length) code.append(gap(lines.length - to, 'below'));
  const block = element('div', { class: 'code-block' }, code);
  if (whole) return block;

  const more = element('button', {
    class: 'more',
    attributes: { type: 'button', 'aria-expanded': 'false' },
    onClick() {
      code.replaceChildren(...lines.map(codeLine));
      more.remove();
      code.focus({ preventScroll: true });
    },
  });
  more.textContent = `Show all ${lines.length} lines`;
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

function gap(lines: number, where: 'above' | 'below'): HTMLElement {
  const text = `${lines} more line${lines === 1 ? '' : 's'} ${where}`;
  return element('div', { class: 'code-gap', attributes: { 'aria-label': text } }, '⋯');
}
