import type { Place } from '../../runtime/protocol/conversation';
import { element } from '../dom';
import { splitPath } from '../format';
import { icon } from '../icons';
import { t } from '../translate';
import { lineNumbers, placeName } from '../words';

/** "store.ts", "state/", "store.ts:10-24". */
export function placeLabel({ kind, displayPath, range }: Place): string {
  const { name } = splitPath(displayPath);
  if (kind === 'folder') return `${name}/`;
  return range ? `${name}:${lineNumbers(range)}` : name;
}

/** What a place does for a question, as a sentence for those who hover over it. */
function effect({ kind, displayPath, range }: Place): string {
  if (kind === 'selection' && range) return t('About {0}', placeName(displayPath, range));
  return t('Only passages from {0}', displayPath);
}

export const placeIcon = ({ kind }: Place) => icon(kind);

/** A place of a question: with `remove` it can be taken away, with `add` it is only offered. */
export function placeChip(place: Place, { remove, add }: { remove?(): void; add?(): void }): HTMLElement {
  const label = placeLabel(place);
  const text = element('span', { class: 'chip-text' }, label);
  if (add) {
    return element(
      'button',
      {
        class: 'chip offered',
        title: effect(place),
        attributes: { type: 'button', 'aria-label': t('Add {0}', label) },
        onClick: add,
      },
      icon('add'),
      text,
    );
  }
  return chip(
    placeIcon(place),
    label,
    effect(place),
    remove && { name: t('Remove {0}', label), act: remove },
  );
}

/** @param remove absent where the chip only tells something */
export function chip(
  mark: Node,
  label: string,
  title: string,
  remove?: { name: string; act(): void },
): HTMLElement {
  return element(
    'span',
    { class: 'chip', title },
    mark,
    element('span', { class: 'chip-text' }, label),
    remove &&
      element(
        'button',
        {
          class: 'chip-remove',
          title: remove.name,
          attributes: { type: 'button', 'aria-label': remove.name },
          onClick: remove.act,
        },
        icon('close'),
      ),
  );
}
