import type { IndexStatus } from '../../runtime/protocol/index-status';
import type { Notice } from '../../runtime/protocol/webview';
import { element, replace } from '../dom';
import { icon } from '../icons';
import { t } from '../translate';
import { indexedShare, indexLine } from '../words';
import { commandButton, switchOnButton } from './command-buttons';
import { progressBar } from './progress';
import type { Actions } from './view';

/** How much of the workspace a question can reach, with what the user can do about it. */
export function indexStatusLine(actions: Actions): {
  element: HTMLElement;
  update(index: IndexStatus | undefined, notice: Notice | undefined): void;
} {
  const text = element('span', { class: 'index-text' });
  const tools = element('span', { class: 'index-tools' });
  const bar = progressBar(t('Indexing'));
  const line = element(
    'div',
    { class: 'index-line' },
    element('div', { class: 'index-row' }, text, tools),
    bar.element,
  );
  let shownState: string | undefined;

  return {
    element: line,
    update(index, notice) {
      // Without an engine that is on its way there is nothing to wait for: the banner says why.
      line.hidden = !index && notice !== undefined && notice.kind !== 'restarting';
      const working = index?.state === 'indexing' || index?.state === 'scanning';
      replace(text, index?.state === 'failed' ? icon('warning', t('Problem')) : undefined, indexLine(index));
      bar.element.hidden = !(working || index?.state === 'paused');
      bar.element.classList.toggle('paused', index?.state === 'paused');
      if (index) bar.update(index.state === 'scanning' ? undefined : indexedShare(index));
      // Buttons are made anew only when others are due, so that one that has the focus keeps it.
      if (shownState === index?.state) return;
      shownState = index?.state;
      replace(tools, ...toolsFor(index, actions));
    },
  };
}

function toolsFor(index: IndexStatus | undefined, actions: Actions): HTMLElement[] {
  switch (index?.state) {
    case 'scanning':
    case 'indexing':
      return [commandButton(t('Pause'), 'pauseIndexing', actions)];
    case 'paused':
      return [commandButton(t('Resume'), 'resumeIndexing', actions)];
    case 'failed':
      return [commandButton(t('Show Diagnostics'), 'showDiagnostics', actions)];
    case 'off':
      return [switchOnButton('index', actions), commandButton(t('Open Settings'), 'openSettings', actions)];
    default:
      return [];
  }
}
