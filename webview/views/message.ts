import { element } from '../dom';
import type { Child } from '../dom';
import { icon } from '../icons';
import { t } from '../translate';

/** A sentence about how things stand, with an icon that says of what kind it is. */
export function message(kind: 'info' | 'warning' | 'error', text: string, ...actions: Child[]): HTMLElement {
  const label = { info: t('Information'), warning: t('Warning'), error: t('Error') }[kind];
  return element(
    'div',
    { class: `message ${kind}` },
    icon(kind === 'info' ? 'info' : 'warning', label),
    element(
      'div',
      { class: 'message-body' },
      element('span', {}, text),
      actions.some(Boolean) && element('span', { class: 'message-actions' }, ...actions),
    ),
  );
}
