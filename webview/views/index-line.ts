import type { IndexStatus } from '../../runtime/protocol/index-status';
import { element, replace, textButton } from '../dom';
import { icon } from '../icons';
import { indexedShare, indexLine } from '../words';
import { progressBar } from './progress';
import type { Actions } from './view';

/** How much of the workspace a question can reach, with what the user can do about it. */
export function indexStatusLine(actions: Actions): {
  element: HTMLElement;
  update(index: IndexStatus | undefined): void;
} {
  const text = element('span', { class: 'index-text' });
  const tools = element('span', { class: 'index-tools' });
  const bar = progressBar('Indexing');
  const line = element(
    'div',
    { class: 'index-line' },
    element('div', { class: 'index-row' }, text, tools),
    bar.element,
  );
  let shownState: string | undefined;

  return {
    element: line,
    update(index) {
      const working = index?.state === 'indexing' || index?.state === 'scanning';
      replace(text, index?.state === 'failed' ? icon('warning', 'Problem') : undefined, indexLine(index));
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
  const run = (label: string, command: 'pauseIndexing' | 'resumeIndexing' | 'showDiagnostics') =>
    textButton(label, () => actions.post({ type: 'command', command }));
  if (index?.state === 'indexing' || index?.state === 'scanning') return [run('Pause', 'pauseIndexing')];
  if (index?.state === 'paused') return [run('Resume', 'resumeIndexing')];
  if (index?.state === 'failed') return [run('Show Diagnostics', 'showDiagnostics')];
  return [];
}
