import type { FileSummary } from '../../runtime/protocol/summaries';
import { button, element, replace, setText, textButton } from '../dom';
import { count, duration, splitPath } from '../format';
import { icon } from '../icons';
import type { SummaryState } from '../state';
import { isSummarising } from '../store';
import type { TextFieldElement } from '../toolkit';
import { t } from '../translate';
import { lines, tokens } from '../words';
import { message } from './message';
import { outlineList } from './outline-list';
import { progressBar } from './progress';
import { summaryHeader } from './summary-header';
import type { Actions, View } from './view';

export function summaryView(actions: Actions): View {
  const header = summaryHeader(actions);
  const filter = element(
    'vscode-text-field',
    { class: 'filter', attributes: { placeholder: t('Filter symbols'), 'aria-label': t('Filter symbols') } },
    icon('search'),
  ) as TextFieldElement;
  filter.querySelector('svg')?.setAttribute('slot', 'start');
  filter.addEventListener('input', () => actions.dispatch({ type: 'filtered', text: filter.value }));
  const matches = element('span', { class: 'matches' });
  const filterRow = element('div', { class: 'filter-row' }, filter, matches);
  const running = runningLine(actions);
  const outline = outlineList(actions);
  const aside = element('div', { class: 'aside' });
  const cost = element('p', { class: 'note cost' });
  const scroller = element(
    'div',
    { class: 'scroller' },
    header.element,
    aside,
    filterRow,
    outline.element,
    cost,
  );
  const root = element('div', { class: 'summary' }, running.element, scroller);

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !running.element.hidden) actions.post({ type: 'cancel', what: 'summary' });
  });

  return {
    element: root,
    focus: () =>
      (filterRow.hidden ? root.querySelector<HTMLElement>('vscode-button, button') : filter)?.focus(),
    update({ summary: state }, previous) {
      const before = previous?.summary;
      if (before === state) return;
      const { summary } = state;
      const changedFile = before?.displayPath !== state.displayPath;
      running.update(state);
      header.update(state);
      replace(aside, ...asideFor(state, actions));
      if (filter.value !== state.filter) filter.value = state.filter;
      filterRow.hidden = !summary || summary.lines.length < 8;
      outline.update(summary, isSummarising(state), state.filter);
      setText(
        matches,
        state.filter.trim() === ''
          ? ''
          : t('{0} of {1}', count(outline.shown()), count(summary?.lines.length ?? 0)),
      );
      cost.hidden = !summary || isSummarising(state);
      if (summary) setText(cost, costLine(summary));
      scroller.setAttribute('aria-busy', String(isSummarising(state)));
      if (changedFile) scroller.scrollTop = 0;
    },
  };
}

function runningLine(actions: Actions) {
  const text = element('span', { class: 'running-text' });
  const bar = progressBar(t('Summarizing'));
  const row = element(
    'div',
    { class: 'running-row' },
    element('vscode-progress-ring', { attributes: { 'aria-hidden': 'true' } }),
    text,
    textButton(t('Stop'), () => actions.post({ type: 'cancel', what: 'summary' })),
  );
  const node = element('div', { class: 'running', hidden: true }, row, bar.element);
  return {
    element: node,
    update(state: SummaryState) {
      node.hidden = !isSummarising(state);
      const { done, total, phase } = state;
      setText(
        text,
        phase === 'generating'
          ? t('Generated {0} of {1}', count(done), lines(total))
          : t('Reading {0}…', splitPath(state.displayPath).name),
      );
      bar.element.hidden = phase !== 'generating';
      bar.update(total > 0 ? done / total : 0);
    },
  };
}

function asideFor(state: SummaryState, actions: Actions): HTMLElement[] {
  const again = textButton(t('Summarize Again'), () => actions.post({ type: 'summarize' }));
  switch (state.phase) {
    case 'idle':
      return state.summary ? [] : [welcome(actions)];
    case 'failed':
      return [message('error', state.failure || t('The summary failed.'), again)];
    case 'stopped':
      return [message('info', t('Stopped. The lines without text were not generated.'), again)];
    default:
      break;
  }
  const parts: HTMLElement[] = [];
  if (state.summary?.approximate) {
    parts.push(
      message(
        'info',
        t('No grammar for this language: the outline follows the indentation and may miss symbols.'),
      ),
    );
  }
  if (state.phase === 'done' && state.summary?.lines.length === 0) {
    parts.push(message('info', t('This file declares no symbols.')));
  }
  return parts;
}

function welcome(actions: Actions): HTMLElement {
  return element(
    'div',
    { class: 'welcome' },
    element('h2', {}, t('A whole file on one page')),
    element(
      'p',
      {},
      t(
        'What the file is for, who imports it, and one line for each symbol, however long the file is. Lines that the model wrote are labelled.',
      ),
    ),
    button('primary', t('Summarize Open File'), () => actions.post({ type: 'summarize' }), { class: 'wide' }),
  );
}

function costLine({ lineCount, cost }: FileSummary): string {
  const parts = [lines(lineCount)];
  if (cost.tokensRead > 0) parts.push(t('{0} read', tokens(cost.tokensRead)));
  if (cost.tokensGenerated > 0) parts.push(t('{0} generated', tokens(cost.tokensGenerated)));
  return `${parts.join(', ')}, ${duration(cost.ms)}`;
}
