import type { CompletionsView } from '../../runtime/protocol/webview';
import { button, element, replace, textButton } from '../dom';
import { splitPath } from '../format';
import { icon } from '../icons';
import { t } from '../translate';
import { candidateCard } from './candidate-card';
import { costDetails } from './cost';
import { message } from './message';
import { rovingList } from './roving';
import type { Actions, View } from './view';

export function completionsView(actions: Actions): View {
  const request = () => actions.post({ type: 'requestCompletions' });
  const place = element('div', { class: 'file' });
  const refresh = button('icon', icon('refresh'), request, { name: t('Refresh suggestions') });
  const header = element('div', { class: 'file-row completions-header' }, place, refresh);
  const running = element(
    'div',
    { class: 'running', hidden: true },
    element(
      'div',
      { class: 'running-row' },
      element('vscode-progress-ring', { attributes: { 'aria-hidden': 'true' } }),
      element('span', { class: 'running-text' }, t('Looking for suggestions…')),
      textButton(t('Stop'), () => actions.post({ type: 'cancel', what: 'completions' })),
    ),
  );
  const body = element('div', { class: 'completions-body' });
  const scroller = element('div', { class: 'scroller' }, header, body);
  const root = element('div', { class: 'completions' }, running, scroller);

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !running.hidden) actions.post({ type: 'cancel', what: 'completions' });
  });

  return {
    element: root,
    focus: () =>
      root.querySelector<HTMLElement>('.insert, .completions-body vscode-button, vscode-button')?.focus(),
    update({ completions: { phase, view } }, previous) {
      running.hidden = phase !== 'running';
      refresh.toggleAttribute('disabled', phase === 'running');
      root.setAttribute('aria-busy', String(phase === 'running'));
      body.classList.toggle('stale', phase === 'running');
      // These suggestions belong to an earlier place: they may be read, not inserted.
      body.inert = phase === 'running';
      if (previous && previous.completions.view === view && previous.completions.phase === phase) return;
      header.hidden = view === undefined;
      if (!view) return replace(body, phase === 'idle' && welcome(request));
      replace(place, ...placeOf(view));
      replace(body, ...contents(view, actions));
    },
  };
}

function placeOf({ displayPath, position }: CompletionsView): HTMLElement[] {
  const { folder, name } = splitPath(displayPath);
  return [
    element(
      'h2',
      { class: 'file-name', title: displayPath },
      t('At the cursor in {0}, line {1}', name, position.line + 1),
    ),
    element('span', { class: 'file-folder' }, folder),
  ];
}

function contents(view: CompletionsView, actions: Actions): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (view.stillReading) {
    parts.push(
      message(
        'info',
        t(
          'Still reading this file. These suggestions come from its beginning, the nearest lines and what follows the cursor.',
        ),
      ),
    );
  }
  if (view.candidates.length > 0) {
    const list = element('div', {
      class: 'candidates',
      attributes: { role: 'list', 'aria-label': t('Suggestions') },
    });
    list.append(...view.candidates.map((candidate, index) => candidateCard(candidate, index, actions)));
    rovingList(list, '.insert')();
    parts.push(list);
  } else {
    const explain = button(
      'secondary',
      t('Why No Suggestion?'),
      () => actions.post({ type: 'command', command: 'explainSilence' }),
      { class: 'wide' },
    );
    parts.push(
      element(
        'div',
        { class: 'silence' },
        message('info', view.silence ?? t('The model has nothing to suggest here.')),
        explain,
      ),
    );
  }
  if (view.cost) parts.push(costDetails(view.cost, view.held));
  return parts;
}

function welcome(request: () => void): HTMLElement {
  return element(
    'div',
    { class: 'welcome' },
    element('h2', {}, t('Suggestions for the cursor')),
    element(
      'p',
      {},
      t(
        'Up to three ways to go on from the cursor, with how sure the model is, what it has read, and what the answer cost.',
      ),
    ),
    button('primary', t('Show Suggestions'), request, { class: 'wide' }),
  );
}
