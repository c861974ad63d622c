import { slashCommandOf, type Asking } from '../../runtime/protocol/conversation';
import { followed, runningTurn } from '../ask-store';
import { button, element, replace } from '../dom';
import { icon } from '../icons';
import { matchingCommands, mentionAt, replaced, type Suggestion } from '../mention';
import { initialState, type AskState } from '../state';
import { t } from '../translate';
import { composerChips } from './composer-chips';
import { composerTools } from './composer-tools';
import { recalling } from './recalling';
import { suggestions } from './suggestions';
import type { Actions } from './view';

export interface Composer {
  element: HTMLElement;
  update(ask: AskState): void;
  focus(): void;
  /** Asks what stands in the input with other words, after the turns that it follows. */
  send(question: string): void;
  ask(asking: Asking, after: AskState['turns']): void;
}

/** The question's input: grows with its text, Enter sends, Shift+Enter breaks the line, "#" and "/" complete. */
export function composer(actions: Actions): Composer {
  let state = initialState.ask;
  let running = false;
  const input = element('textarea', {
    class: 'question',
    attributes: {
      rows: '1',
      placeholder: t('Ask about this workspace'),
      'aria-label': t('Question about this workspace'),
      'aria-describedby': 'question-keys',
      spellcheck: 'false',
    },
  });
  const action = button('icon', icon('send'), () => (running ? stop() : send(input.value)), {
    name: t('Ask'),
    class: 'send',
  });
  const keys = element('span', { class: 'spoken', attributes: { id: 'question-keys' } });
  keys.textContent = t(
    'Enter asks, Shift+Enter starts a new line, Escape stops, up arrow recalls earlier questions, # names a file or folder, / lists commands.',
  );
  const chips = composerChips(actions);
  const tools = composerTools(actions, action, () => input.focus());
  const list = suggestions(input, take);
  const recall = recalling(input, (text) => actions.dispatch({ type: 'drafted', text }));

  function send(question: string): void {
    const text = question.trim();
    if (text === '') return;
    actions.dispatch({ type: 'drafted', text });
    const { command } = slashCommandOf(text);
    // A summary has a tab of its own, and no answer here.
    if (command === 'summarize') {
      const asking = { question: text, places: state.places, leaveOut: [] };
      actions.post({ type: 'ask', asking, after: [], earlier: [] });
      return actions.dispatch({ type: 'drafted', text: '' });
    }
    ask({ question: text, places: state.places, leaveOut: state.leaveOut }, followed(state));
  }

  function ask(asking: Asking, after: AskState['turns']): void {
    list.hide();
    const ids = after.map(({ id }) => id);
    const earlier = after.map((turn) => turn.asking.question);
    actions.post({ type: 'ask', asking, after: ids, earlier });
    actions.dispatch({ type: 'questionSent', asking, after: ids });
  }

  function stop(): void {
    actions.post({ type: 'cancel', what: 'ask' });
  }

  const mention = () => mentionAt(input.value, input.selectionStart);

  /** The list follows what is written at the cursor. */
  function suggest(): void {
    const at = document.activeElement === input ? mention() : undefined;
    if (!at) list.hide();
    else if (at.kind === 'command') list.show(matchingCommands(at.query));
    else if (state.found?.query === at.query)
      list.show(state.found.places.map((place) => ({ kind: 'place', place })));
  }

  function take(entry: Suggestion): void {
    const at = mention();
    if (!at) return;
    const { text, caret } = replaced(input.value, at, entry.kind === 'place' ? '' : `/${entry.command} `);
    input.value = text;
    input.setSelectionRange(caret, caret);
    actions.dispatch({ type: 'drafted', text });
    if (entry.kind === 'place') actions.dispatch({ type: 'placeAdded', place: entry.place });
    list.hide();
  }

  input.addEventListener('input', () => {
    recall.reset();
    actions.dispatch({ type: 'drafted', text: input.value });
    const at = mention();
    if (at?.kind === 'place') actions.post({ type: 'findPlaces', query: at.query });
    suggest();
  });
  input.addEventListener('click', suggest);
  input.addEventListener('blur', () => list.hide());
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const handled = (list.open && keyInList(event)) || keyInInput(event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  });

  function keyInList({ key, shiftKey }: KeyboardEvent): boolean {
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      list.move(key === 'ArrowDown' ? 1 : -1);
      return true;
    }
    if (key === 'Escape') {
      list.hide();
      return true;
    }
    return (key === 'Tab' || key === 'Enter') && !shiftKey && list.take();
  }

  function keyInInput({ key, shiftKey }: KeyboardEvent): boolean {
    if (key === 'Enter' && !shiftKey) {
      send(input.value);
      return true;
    }
    if (key === 'Backspace' && input.value === '' && state.places.length > 0) {
      actions.dispatch({ type: 'placeRemoved', place: state.places[state.places.length - 1]! });
      return true;
    }
    if (key === 'Escape' && (state.editing || state.keep === 0) && !running) {
      actions.dispatch({ type: 'keepChosen', keep: undefined });
      return true;
    }
    return recall.key(key);
  }

  return {
    element: element('div', { class: 'composer' }, chips.element, input, tools.element, keys, list.element),
    focus: () => input.focus(),
    send,
    ask,
    update(next) {
      const before = state;
      state = next;
      recall.update(next.history);
      if (input.value !== next.draft) input.value = next.draft;
      chips.update(next);
      tools.update(next);
      if (before.found !== next.found) suggest();
      const isRunning = runningTurn(next) !== undefined;
      if (isRunning !== running) {
        running = isRunning;
        replace(action, icon(running ? 'stop' : 'send'));
        action.setAttribute('aria-label', running ? t('Stop') : t('Ask'));
        action.title = running ? t('Stop (Escape)') : t('Ask (Enter)');
      }
      action.toggleAttribute('disabled', !running && input.value.trim() === '');
    },
  };
}
