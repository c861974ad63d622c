import { button, element, replace } from '../dom';
import { splitPath } from '../format';
import { icon } from '../icons';
import { prose } from '../prose';
import type { FileSummary } from '../../runtime/protocol/summaries';
import type { SummaryState } from '../state';
import { isSummarising } from '../store';
import { t } from '../translate';
import { files, sourceLabel } from '../words';
import { generatedLabel } from './summary-row';
import type { Actions } from './view';

const shownImporters = 3;

/** File, purpose, and who imports it. */
export function summaryHeader(actions: Actions): { element: HTMLElement; update(state: SummaryState): void } {
  const name = element('h2', { class: 'file-name' });
  const folder = element('span', { class: 'file-folder' });
  const again = button('icon', icon('refresh'), () => actions.post({ type: 'summarize' }), {
    name: t('Summarize the open file'),
  });
  const exporting = button('icon', icon('export'), () => actions.post({ type: 'exportSummary' }), {
    name: t('Export as Markdown'),
  });
  const about = element('div', { class: 'about' });
  const node = element(
    'div',
    { class: 'summary-header', hidden: true },
    element(
      'div',
      { class: 'file-row' },
      icon('file'),
      element('div', { class: 'file' }, name, folder),
      again,
      exporting,
    ),
    about,
  );
  let shown: unknown;

  return {
    element: node,
    update(state) {
      node.hidden = state.displayPath === '';
      const path = splitPath(state.displayPath);
      name.textContent = path.name;
      name.title = state.displayPath;
      folder.textContent = path.folder;
      const running = isSummarising(state);
      exporting.toggleAttribute('disabled', running || !state.summary);
      again.toggleAttribute('disabled', running);
      const key = JSON.stringify([state.summary?.purpose, state.summary?.importedBy]);
      if (key === shown) return;
      shown = key;
      replace(about, ...(state.summary ? aboutFile(state.summary, actions) : []));
    },
  };
}

function aboutFile({ purpose, importedBy }: FileSummary, _actions: Actions): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (purpose.text !== '') {
    parts.push(element('p', { class: 'purpose' }, ...prose(purpose.text)));
    parts.push(
      element(
        'p',
        { class: 'note' },
        purpose.source === 'generated' ? generatedLabel() : sourceLabel[purpose.source],
      ),
    );
  }
  if (importedBy.length > 0) parts.push(importers(importedBy));
  return parts;
}

function importers(paths: string[]): HTMLElement {
  const list = element('ul', {}, ...paths.slice(0, shownImporters).map(importer));
  const rest = paths.slice(shownImporters);
  const box = element(
    'div',
    { class: 'importers' },
    element('h3', {}, t('Imported by {0}', files(paths.length))),
    list,
  );
  if (rest.length > 0) {
    const more = element('button', {
      class: 'text-button',
      attributes: { type: 'button' },
      onClick() {
        list.append(...rest.map(importer));
        more.remove();
      },
    });
    more.textContent = t('Show {0} more', rest.length);
    box.append(more);
  }
  return box;
}

function importer(path: string): HTMLElement {
  const { folder, name } = splitPath(path);
  return element(
    'li',
    { title: path },
    name,
    folder !== '' && element('span', { class: 'place-folder' }, folder),
  );
}
