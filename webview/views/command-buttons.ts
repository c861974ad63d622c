import type { FromWebview, PanelCommand } from '../../runtime/protocol/webview';
import { textButton } from '../dom';
import { t } from '../translate';
import type { Actions } from './view';

export function commandButton(label: string, command: PanelCommand, actions: Actions): HTMLElement {
  return textButton(label, () => actions.post({ type: 'command', command }));
}

export function switchOnButton(
  what: Extract<FromWebview, { type: 'switchOn' }>['what'],
  actions: Actions,
): HTMLElement {
  return textButton(t('Switch On'), () => actions.post({ type: 'switchOn', what }));
}
