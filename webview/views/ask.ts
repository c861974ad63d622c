import { runningTurn } from '../ask-store';
import { element } from '../dom';
import type { Turn } from '../state';
import { composer } from './composer';
import { acceptDrops } from './drop-target';
import { indexStatusLine } from './index-line';
import { turnList } from './turn';
import { welcome } from './welcome';
import type { Actions, View } from './view';

/** The Ask tab: the question that is being written, and below it the conversation, latest first. */
export function askView(actions: Actions): View {
  const input = composer(actions);
  const indexLine = indexStatusLine(actions);
  let turns: readonly Turn[] = [];
  const placeOf = ({ id }: Turn) => turns.findIndex((turn) => turn.id === id);
  const conversation = turnList(actions, {
    again: (turn) => input.ask(turn.asking, turns.slice(0, placeOf(turn))),
    edit(turn) {
      actions.dispatch({ type: 'keepChosen', keep: placeOf(turn), edit: turn.asking });
      input.focus();
    },
  });
  const greeting = welcome(input.send);
  const scroller = element('div', { class: 'scroller' }, greeting, conversation.element);
  const root = element(
    'div',
    { class: 'ask' },
    element('div', { class: 'ask-top' }, input.element, indexLine.element),
    scroller,
  );
  let stoppable = false;
  acceptDrops(root, (uris) => actions.post({ type: 'dropPlaces', uris }));

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && stoppable) {
      event.preventDefault();
      actions.post({ type: 'cancel', what: 'ask' });
    }
  });

  return {
    element: root,
    focus: input.focus,
    update({ ask, index, notice }, previous) {
      if (!previous || previous.index !== index || previous.notice !== notice)
        indexLine.update(index, notice);
      if (previous?.ask === ask) return;
      turns = ask.turns;
      stoppable = runningTurn(ask) !== undefined;
      input.update(ask);
      greeting.hidden = turns.length > 0;
      conversation.update(ask);
      if (previous && previous.ask.turns.at(-1)?.id !== turns.at(-1)?.id) scroller.scrollTop = 0;
    },
  };
}
