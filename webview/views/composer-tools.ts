import type { FileKind } from '../../runtime/protocol/questions';
import { button, element } from '../dom';
import { icon } from '../icons';
import type { AskState } from '../state';
import { t } from '../translate';
import type { Actions } from './view';

/** The row below the input: where to look, what was asked before, a new beginning, and what sends the question. */
export function composerTools(
  actions: Actions,
  send: HTMLElement,
  focus: () => void,
): { element: HTMLElement; update(ask: AskState): void } {
  const tests = kindToggle('tests', t('Tests'), actions);
  const docs = kindToggle('docs', t('Docs'), actions);
  const context = button('icon', icon('hash'), () => actions.post({ type: 'pickPlace' }), {
    name: t('Add file, folder or selection (#)'),
  });
  const history = button('icon', icon('history'), () => actions.post({ type: 'showHistory' }), {
    name: t('Earlier questions'),
  });
  const anew = button(
    'icon',
    icon('add'),
    () => {
      actions.post({ type: 'newConversation' });
      focus();
    },
    { name: t('New question') },
  );
  return {
    element: element(
      'div',
      { class: 'composer-tools' },
      context,
      tests.element,
      docs.element,
      element('span', { class: 'spring' }),
      history,
      anew,
      send,
    ),
    update(ask) {
      tests.update(ask);
      docs.update(ask);
      anew.hidden = ask.turns.length === 0;
    },
  };
}

function kindToggle(kind: FileKind, label: string, actions: Actions) {
  const node = element(
    'button',
    {
      class: 'toggle',
      attributes: { type: 'button' },
      onClick: () => actions.dispatch({ type: 'kindToggled', kind }),
    },
    label,
  );
  return {
    element: node,
    update({ leaveOut }: AskState) {
      const shown = !leaveOut.includes(kind);
      node.setAttribute('aria-pressed', String(shown));
      node.title = shown ? t('{0}: searched', label) : t('{0}: left out', label);
    },
  };
}
