import { element, replace } from '../dom';
import { icon } from '../icons';
import type { Suggestion } from '../mention';
import { placeIcon, placeLabel } from './places';
import { splitPath } from '../format';

export interface Suggestions {
  element: HTMLElement;
  show(entries: readonly Suggestion[]): void;
  hide(): void;
  readonly open: boolean;
  move(step: 1 | -1): void;
  /** Takes the entry that is marked; false where there is none. */
  take(): boolean;
}

/** A list below a text input, after the ARIA pattern of a combo box: the input keeps the focus and names the marked entry. */
export function suggestions(input: HTMLElement, choose: (entry: Suggestion) => void): Suggestions {
  const list = element('div', {
    class: 'suggestions',
    hidden: true,
    attributes: { role: 'listbox', id: 'mentions' },
  });
  let shown: readonly Suggestion[] = [];
  let marked = 0;
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', 'mentions');
  input.setAttribute('aria-expanded', 'false');

  function mark(next: number): void {
    marked = next;
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute('aria-selected', String(at === marked));
      if (at === marked) option.scrollIntoView({ block: 'nearest' });
    }
    input.setAttribute('aria-activedescendant', `mention-${marked}`);
  }

  const hide = () => {
    list.hidden = true;
    shown = [];
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };

  return {
    element: list,
    get open() {
      return !list.hidden;
    },
    show(entries) {
      if (entries.length === 0) return hide();
      const same = JSON.stringify(entries) === JSON.stringify(shown);
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      if (same) return;
      shown = entries;
      replace(list, ...entries.map((entry, at) => option(entry, at, () => choose(entry))));
      mark(0);
    },
    hide,
    move: (step) => mark((marked + step + shown.length) % shown.length),
    take() {
      const entry = shown[marked];
      if (entry) choose(entry);
      return entry !== undefined;
    },
  };
}

function option(entry: Suggestion, at: number, choose: () => void): HTMLElement {
  const [mark, label, note] =
    entry.kind === 'place'
      ? [placeIcon(entry.place), placeLabel(entry.place), splitPath(entry.place.displayPath).folder]
      : [icon('slash'), `/${entry.command}`, entry.about];
  const node = element(
    'div',
    { class: 'suggestion', title: note, attributes: { role: 'option', id: `mention-${at}` } },
    mark,
    element('span', { class: 'suggestion-label' }, label),
    element('span', { class: 'suggestion-note' }, note),
  );
  // Before the input loses the focus to the click.
  node.addEventListener('mousedown', (event) => {
    event.preventDefault();
    choose();
  });
  return node;
}
