import type { Passage } from '../../runtime/protocol/questions';
import { button, element, link, replace, spoken } from '../dom';
import { splitPath } from '../format';
import { icon } from '../icons';
import { quotedLines } from '../quote';
import { t } from '../translate';
import { lineNumbers, placeName } from '../words';
import { codeBlock } from './code-block';
import type { Actions } from './view';

const copiedFor = 1500;

export function passageCard(passage: Passage, actions: Actions): HTMLElement {
  const { number, citation, title } = passage;
  const name = placeName(citation.displayPath, citation.range);
  const { folder, name: file } = splitPath(citation.displayPath);
  const place = link(
    {
      class: 'place',
      title: `${citation.displayPath}:${lineNumbers(citation.range)}`,
      attributes: { 'aria-label': name },
    },
    `${citation.displayPath}:${lineNumbers(citation.range)}`,
    () => actions.post({ type: 'openCitation', path: citation.path, range: citation.range, number }),
    element('span', { class: 'place-file' }, file),
    element('span', { class: 'place-lines' }, `:${lineNumbers(citation.range)}`),
  );
  const header = element(
    'div',
    { class: 'card-header' },
    element('span', { class: 'number', attributes: { 'aria-hidden': 'true' } }, `${number}`),
    element(
      'span',
      { class: 'place-line' },
      spoken(t('Passage {0}: ', number)),
      place,
      folder !== '' && element('span', { class: 'place-folder' }, folder),
    ),
    copyButton(number, actions),
  );
  return element(
    'div',
    { class: 'card passage', attributes: { role: 'listitem' } },
    header,
    title !== undefined && title !== '' && element('div', { class: 'card-title' }, title),
    codeBlock(
      quotedLines(passage.text, citation.range.startLine, passage.highlights),
      t('Quoted from {0}', name),
    ),
  );
}

function copyButton(number: number, actions: Actions): HTMLElement {
  const node = button(
    'icon',
    icon('copy'),
    () => {
      actions.post({ type: 'copyPassage', number });
      actions.announce(t('Passage copied.'));
      replace(node, icon('check'));
      setTimeout(() => replace(node, icon('copy')), copiedFor);
    },
    { name: t('Copy passage {0}', number), class: 'card-action' },
  );
  return node;
}
