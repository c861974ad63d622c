import type { PassageNow } from '../../runtime/protocol/conversation';
import type { Passage, PassageNote } from '../../runtime/protocol/questions';
import { button, element, link, replace, spoken } from '../dom';
import { splitPath } from '../format';
import { icon } from '../icons';
import { prose } from '../prose';
import { quotedLines } from '../quote';
import { t } from '../translate';
import { documentedLanguages, lineNumbers, placeName } from '../words';
import { codeBlock } from './code-block';
import { generatedLabel } from './summary-row';
import type { Actions } from './view';

const copiedFor = 1500;

export interface PassageCard {
  element: HTMLElement;
  /** @param unwritten its note is being written */
  update(passage: Passage, unwritten: boolean, now: PassageNow | undefined): void;
}

/** A passage: its place, what it does, and its lines. The place follows the edits of its file. */
export function passageCard(turn: number, first: Passage, actions: Actions): PassageCard {
  const { number, citation, title } = first;
  const { path, displayPath } = citation;
  const { folder, name: file } = splitPath(displayPath);
  let range = citation.range;
  const lines = element('span', { class: 'place-lines' });
  const place = link(
    { class: 'place' },
    displayPath,
    () => actions.post({ type: 'openCitation', path, range, id: turn, number }),
    element('span', { class: 'place-file' }, file),
    lines,
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
    button('icon', icon('insert'), () => actions.post({ type: 'insertPassage', id: turn, number }), {
      name: t('Insert passage {0} at the cursor', number),
      class: 'card-action',
    }),
    copyButton(turn, number, actions),
  );
  const note = element('div', { class: 'card-note', hidden: true });
  const insertNote = button(
    'icon',
    icon('document'),
    () => actions.post({ type: 'insertNote', id: turn, number }),
    { name: t('Insert as documentation, passage {0}', number), class: 'note-action' },
  );
  const state = element('div', { class: 'card-state', hidden: true });
  const name = placeName(displayPath, citation.range);

  function showPlace(now: PassageNow | undefined): void {
    range = now?.range ?? citation.range;
    const numbers = lineNumbers(range);
    lines.textContent = `:${numbers}`;
    place.title = `${displayPath}:${numbers}`;
    place.setAttribute('href', `#${displayPath}:${numbers}`);
    place.setAttribute('aria-label', placeName(displayPath, range));
    state.hidden = now === undefined || now.text === 'same';
    if (state.hidden) return;
    const words =
      now?.text === 'gone'
        ? t('No longer in the file. Ask again for what is there now.')
        : t('Edited since; shown as it was.');
    replace(state, icon('edit'), words);
  }

  return {
    element: element(
      'div',
      { class: 'card passage', attributes: { role: 'listitem' } },
      header,
      title !== undefined && title !== '' && element('div', { class: 'card-title' }, title),
      note,
      state,
      codeBlock(
        quotedLines(first.text, citation.range.startLine, first.highlights),
        t('Quoted from {0}', name),
      ),
    ),
    update(passage, unwritten, now) {
      note.hidden = !passage.note && !unwritten;
      note.classList.toggle('unwritten', !passage.note && unwritten);
      replace(note, ...(passage.note ? noteParts(passage.note) : unwritten ? ['…'] : []));
      if (passage.note && canBeInserted(passage.note, passage)) note.append(insertNote);
      showPlace(now);
    },
  };
}

/** What the model wrote of a symbol whose beginning the passage shows; what has words of its own needs no others. */
const canBeInserted = ({ source, line }: PassageNote, { citation, languageId }: Passage) =>
  source === 'generated' && line >= citation.range.startLine && documentedLanguages.has(languageId);

function noteParts({ symbol, text, source }: PassageNote) {
  return [
    symbol !== undefined && element('code', {}, symbol),
    symbol !== undefined && ': ',
    ...prose(text),
    source === 'generated' && generatedLabel(),
  ];
}

function copyButton(id: number, number: number, actions: Actions): HTMLElement {
  const node = button(
    'icon',
    icon('copy'),
    () => {
      actions.post({ type: 'copyPassage', id, number });
      actions.announce(t('Passage copied.'));
      replace(node, icon('check'));
      setTimeout(() => replace(node, icon('copy')), copiedFor);
    },
    { name: t('Copy passage {0}', number), class: 'card-action' },
  );
  return node;
}
