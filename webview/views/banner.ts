import type { Notice } from '../../runtime/protocol/webview';
import { element, replace, textButton } from '../dom';
import type { State } from '../state';
import { t } from '../translate';
import { commandButton, switchOnButton } from './command-buttons';
import { message } from './message';
import type { Actions } from './view';

/** What keeps Longview from working, above every tab, with what the user can do about it; empty while all is well. */
export function banner(actions: Actions): { element: HTMLElement; update(state: State): void } {
  const node = element('div', { class: 'banner', hidden: true });
  let shown = '';

  return {
    element: node,
    update({ notice }) {
      // Made anew only when another notice is due, so that a button that has the focus keeps it.
      const key = JSON.stringify(notice);
      if (key === shown) return;
      shown = key;
      node.hidden = !notice;
      replace(node, notice && message(severity[notice.kind], notice.text, ...remedies(notice, actions)));
    },
  };
}

const severity: Record<Notice['kind'], 'info' | 'warning' | 'error'> = {
  untrusted: 'info',
  off: 'info',
  failed: 'error',
  restarting: 'warning',
  'index-failed': 'warning',
};

function remedies({ kind }: Notice, actions: Actions): HTMLElement[] {
  switch (kind) {
    case 'untrusted':
      return [textButton(t('Manage Workspace Trust'), () => actions.post({ type: 'manageTrust' }))];
    case 'off':
      return [
        switchOnButton('longview', actions),
        commandButton(t('Open Settings'), 'openSettings', actions),
      ];
    case 'failed':
    case 'restarting':
    case 'index-failed':
      return [
        commandButton(t('Restart Engine'), 'restartEngine', actions),
        commandButton(t('Show Diagnostics'), 'showDiagnostics', actions),
      ];
  }
}
