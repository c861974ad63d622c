import { button, element, replace } from '../dom';
import { icon } from '../icons';
import type { AskState } from '../state';
import { t } from '../translate';
import type { Actions } from './view';

export interface Composer {
  element: HTMLElement;
  update(ask: AskState): void;
  focus(): void;
  send(question: string): void;
}

/** The question's input: grows with its text, Enter sends, Shift+Enter breaks the line, the arrow keys recall. */
export function composer(actions: Actions): Composer {
  let running = false;
  let history: string[] = [];
  /** Place in the history while recalling; at its length: what is being written. */
  let recalled = 0;
  let unsent = '';

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
    'Enter asks, Shift+Enter starts a new line, Escape stops, up arrow recalls earlier questions.',
  );

  function send(question: string): void {
    const text = question.trim();
    if (text === '') return;
    actions.post({ type: 'ask', question: text });
    actions.dispatch({ type: 'drafted', text });
    actions.dispatch({ type: 'questionSent', question: text });
  }

  function stop(): void {
    actions.post({ type: 'cancel', what: 'ask' });
  }

  function recall(step: -1 | 1): boolean {
    const next = recalled + step;
    if (next < 0 || next > history.length) return false;
    if (recalled === history.length) unsent = input.value;
    recalled = next;
    const text = next === history.length ? unsent : (history[next] ?? '');
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    actions.dispatch({ type: 'drafted', text });
    return true;
  }

  input.addEventListener('input', () => {
    recalled = history.length;
    actions.dispatch({ type: 'drafted', text: input.value });
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send(input.value);
    } else if (event.key === 'ArrowUp' && atFirstLine(input) && recall(-1)) {
      event.preventDefault();
    } else if (event.key === 'ArrowDown' && recalled < history.length && atLastLine(input) && recall(1)) {
      event.preventDefault();
    }
  });

  return {
    element: element('div', { class: 'composer' }, input, action, keys),
    focus: () => input.focus(),
    send,
    update(ask) {
      if (ask.history !== history) {
        history = ask.history;
        recalled = history.length;
      }
      if (input.value !== ask.draft) input.value = ask.draft;
      const isRunning = ask.phase === 'running';
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

const atFirstLine = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
  selectionStart === selectionEnd && !value.slice(0, selectionStart).includes('\n');
const atLastLine = ({ value, selectionEnd }: HTMLTextAreaElement) =>
  !value.slice(selectionEnd).includes('\n');
