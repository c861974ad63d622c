import type { AskResponse } from '../../runtime/protocol/questions';
import { element, replace, setText, textButton } from '../dom';
import { percent } from '../format';
import { icon } from '../icons';
import type { AskState } from '../state';
import { t } from '../translate';
import { aboutAnswers, answerCost, exampleQuestions, nothingFound, passages } from '../words';
import { switchOnButton } from './command-buttons';
import { composer } from './composer';
import { indexStatusLine } from './index-line';
import { message } from './message';
import { passageCard } from './passage-card';
import { progressBar } from './progress';
import { rovingList } from './roving';
import type { Actions, View } from './view';

export function askView(actions: Actions): View {
  const input = composer(actions);
  const indexLine = indexStatusLine(actions);
  const running = runningLine(actions);
  const result = element('div', { class: 'result' });
  const scroller = element('div', { class: 'scroller' }, running.element, result);
  const root = element(
    'div',
    { class: 'ask' },
    element('div', { class: 'ask-top' }, input.element, indexLine.element),
    scroller,
  );

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !running.element.hidden) {
      event.preventDefault();
      actions.post({ type: 'cancel', what: 'ask' });
    }
  });

  function showResult(ask: AskState): void {
    scroller.scrollTop = 0;
    switch (ask.phase) {
      case 'idle':
        return replace(result, welcome(input.send));
      case 'running':
        return replace(result);
      case 'stopped':
        return replace(
          result,
          asked(ask.question),
          message('info', t('Stopped before passages were found.')),
          askAgain(ask.question),
        );
      case 'failed':
        return replace(
          result,
          asked(ask.question),
          message('error', ask.failure || t('The question failed.')),
          askAgain(ask.question),
        );
      case 'done':
        return replace(
          result,
          asked(ask.question),
          ...(ask.response ? answer(ask.response, actions, askAgain(ask.question)) : []),
        );
    }
  }

  const askAgain = (question: string) =>
    element(
      'div',
      { class: 'actions' },
      textButton(t('Ask Again'), () => input.send(question)),
    );

  return {
    element: root,
    focus: input.focus,
    update({ ask, index, notice }, previous) {
      input.update(ask);
      if (!previous || previous.index !== index || previous.notice !== notice)
        indexLine.update(index, notice);
      running.update(ask);
      scroller.setAttribute('aria-busy', String(ask.phase === 'running'));
      if (!previous || previous.ask.phase !== ask.phase || previous.ask.response !== ask.response)
        showResult(ask);
    },
  };
}

function runningLine(actions: Actions) {
  const question = element('h2', { class: 'asked' });
  const text = element('span', { class: 'running-text' });
  const bar = progressBar(t('Searching'));
  const row = element(
    'div',
    { class: 'running-row' },
    element('vscode-progress-ring', { attributes: { 'aria-hidden': 'true' } }),
    text,
    textButton(t('Stop'), () => actions.post({ type: 'cancel', what: 'ask' })),
  );
  const node = element('div', { class: 'running', hidden: true }, question, row, bar.element);
  return {
    element: node,
    update(ask: AskState) {
      node.hidden = ask.phase !== 'running';
      if (node.hidden) return;
      setText(question, ask.question);
      const { progress } = ask;
      const reranking = progress?.stage === 'reranking' && progress.total > 0;
      setText(
        text,
        reranking
          ? t('Re-ranking passages, {0} of {1}', progress.done, progress.total)
          : t('Searching the index…'),
      );
      bar.element.hidden = !reranking;
      if (reranking) bar.update(progress.done / progress.total);
    },
  };
}

const asked = (question: string) => element('h2', { class: 'asked' }, question);

function answer(response: AskResponse, actions: Actions, askAgain: HTMLElement): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (response.nothingFound) {
    const off = response.nothingFound === 'index-disabled';
    parts.push(message('info', nothingFound[response.nothingFound], off && switchOnButton('index', actions)));
    if (response.nothingFound !== 'no-match' || response.indexed < 1) parts.push(askAgain);
  } else {
    parts.push(element('p', { class: 'cost-line' }, answerCost(response)));
  }
  if (response.indexed < 1 && response.nothingFound !== 'index-disabled') {
    parts.push(
      message(
        'info',
        t(
          '{0} of the files were indexed when this was answered. More may be found later.',
          percent(response.indexed),
        ),
      ),
    );
  }
  if (response.passages.length > 0) {
    const list = element('div', {
      class: 'passages',
      attributes: { role: 'list', 'aria-label': passages(response.passages.length) },
    });
    list.append(...response.passages.map((passage) => passageCard(passage, actions)));
    rovingList(list, '.place')();
    parts.push(list, element('p', { class: 'note' }, aboutAnswers));
  }
  return parts;
}

function welcome(send: (question: string) => void): HTMLElement {
  const examples = exampleQuestions.map((question) =>
    element(
      'li',
      {},
      element(
        'button',
        { class: 'example', attributes: { type: 'button' }, onClick: () => send(question) },
        icon('search'),
        element('span', {}, question),
      ),
    ),
  );
  return element(
    'div',
    { class: 'welcome' },
    element('h2', {}, t('Find the code that answers')),
    element(
      'p',
      {},
      t(
        'Ask in your own words. Longview searches this workspace and quotes the passages that fit best, each with a link to its lines.',
      ),
    ),
    element('p', { class: 'note' }, aboutAnswers),
    element('h3', {}, t('For example')),
    element('ul', { class: 'examples' }, ...examples),
  );
}
