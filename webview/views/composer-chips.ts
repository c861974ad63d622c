import { followed, isSamePlace } from '../ask-store';
import { element, replace } from '../dom';
import { icon } from '../icons';
import type { AskState } from '../state';
import { t } from '../translate';
import { chip, placeChip } from './places';
import type { Actions } from './view';

/** What goes with the question that is being written: what it follows, its places, and those that are offered. */
export function composerChips(actions: Actions): { element: HTMLElement; update(ask: AskState): void } {
  const row = element('div', {
    class: 'chips',
    hidden: true,
    attributes: { role: 'group', 'aria-label': t('Context of the question') },
  });
  let shown: Pick<AskState, 'turns' | 'keep' | 'editing' | 'places' | 'offers'> | undefined;

  return {
    element: row,
    update(ask) {
      const { turns, keep, editing, places, offers } = ask;
      const same =
        shown?.turns === turns &&
        shown.keep === keep &&
        shown.editing === editing &&
        shown.places === places &&
        shown.offers === offers;
      // Made anew only where something differs, so that a button that has the focus keeps it.
      if (same) return;
      shown = { turns, keep, editing, places, offers };
      const offered = offers.filter((offer) => !places.some((place) => isSamePlace(place, offer)));
      const nodes = [
        conversationChip(ask, actions),
        ...places.map((place) =>
          placeChip(place, { remove: () => actions.dispatch({ type: 'placeRemoved', place }) }),
        ),
        ...offered.map((place) =>
          placeChip(place, { add: () => actions.dispatch({ type: 'placeAdded', place }) }),
        ),
      ].filter((node) => node !== undefined);
      row.hidden = nodes.length === 0;
      replace(row, ...nodes);
    },
  };
}

function conversationChip(ask: AskState, actions: Actions): HTMLElement | undefined {
  const choose = (keep: number | undefined) => () => actions.dispatch({ type: 'keepChosen', keep });
  if (ask.editing)
    return chip(icon('edit'), t('Editing a question'), t('Replaces the question and what followed it'), {
      name: t('Stop editing'),
      act: choose(undefined),
    });
  const last = followed(ask).at(-1);
  if (!last) return undefined;
  const { question } = last.asking;
  return chip(icon('follow'), question, t('Follows “{0}”', question), {
    name: t('Ask without what came before'),
    act: choose(0),
  });
}
