import { button, element, replace, setText, textButton } from '../dom';
import { icon } from '../icons';
import type { AskState, Turn } from '../state';
import { t } from '../translate';
import { answerView } from './answer';
import { message } from './message';
import { placeChip } from './places';
import { progressBar } from './progress';
import type { Actions } from './view';
import { passages } from '../words';

export interface TurnActions {
  /** Asks the turn's question anew in its place. */
  again(turn: Turn): void;
  edit(turn: Turn): void;
}

export interface TurnView {
  element: HTMLElement;
  /** @param latest shown in full; earlier turns are folded until they are opened */
  update(turn: Turn, latest: boolean): void;
}

/** A question with what can be done about it, and its answer. */
export function turnView(actions: Actions, own: TurnActions): TurnView {
  const head = element('div', { class: 'turn-head' });
  const places = element('div', { class: 'chips asked-places' });
  const body = element('div', { class: 'turn-body' });
  const root = element('section', { class: 'turn' }, head, body);
  let shown: { turn: Turn; latest: boolean } | undefined;
  let opened = false;
  let answer: ReturnType<typeof answerView> | undefined;
  let running: ReturnType<typeof runningLine> | undefined;

  function drawHead(turn: Turn, latest: boolean): void {
    const { question } = turn.asking;
    if (!latest) return replace(head, foldButton(turn));
    replace(
      head,
      element('h2', { class: 'asked' }, question),
      element('span', { class: 'turn-tools' }, ...tools(turn)),
    );
  }

  function foldButton(turn: Turn): HTMLElement {
    const count = turn.response ? passages(turn.response.passages.length) : '';
    const node = element(
      'button',
      {
        class: 'fold',
        attributes: { type: 'button', 'aria-expanded': String(opened) },
        onClick() {
          opened = !opened;
          node.setAttribute('aria-expanded', String(opened));
          body.hidden = !opened;
        },
      },
      icon('chevron'),
      element('span', { class: 'fold-question' }, turn.asking.question),
      element('span', { class: 'fold-count' }, count),
    );
    return node;
  }

  function tools(turn: Turn): HTMLElement[] {
    const { id } = turn;
    const tool = (mark: Parameters<typeof icon>[0], name: string, act: () => void) =>
      button('icon', icon(mark), act, { name });
    const always = [
      tool('edit', t('Edit the question'), () => own.edit(turn)),
      tool('refresh', t('Ask this again'), () => own.again(turn)),
    ];
    if (!turn.response?.passages.length) return always;
    return [
      ...always,
      tool('copy', t('Copy the answer as Markdown'), () => {
        actions.post({ type: 'copyAnswer', id });
        actions.announce(t('Answer copied.'));
      }),
      tool('export', t('Export the answer as Markdown'), () => actions.post({ type: 'exportAnswer', id })),
    ];
  }

  function drawBody(turn: Turn): void {
    answer = undefined;
    running = undefined;
    const again = textButton(t('Ask Again'), () => own.again(turn));
    replace(places, ...turn.asking.places.map((place) => placeChip(place, {})));
    places.hidden = turn.asking.places.length === 0;
    if (turn.response) {
      answer = answerView(turn, turn.response, actions);
      const incomplete = turn.response.indexed < 1 || turn.response.nothingFound;
      return replace(body, places, ...answer.nodes, incomplete && again);
    }
    switch (turn.phase) {
      case 'failed':
        return replace(body, places, message('error', turn.failure || t('The question failed.')), again);
      case 'stopped':
        return replace(body, places, message('info', t('Stopped before passages were found.')), again);
      case 'recalled':
        return replace(body, places, message('info', t('Asked earlier. Ask again to see passages.')), again);
      default:
        running = runningLine(actions);
        replace(body, places, running.element);
    }
  }

  return {
    element: root,
    update(turn, latest) {
      const before = shown;
      if (before?.turn === turn && before.latest === latest) return;
      shown = { turn, latest };
      const answered = (of: Turn | undefined) => of?.response !== undefined;
      const other =
        before?.turn.id !== turn.id ||
        answered(before.turn) !== answered(turn) ||
        (!turn.response && before.turn.phase !== turn.phase);
      if (other || before.latest !== latest) drawHead(turn, latest);
      if (other) drawBody(turn);
      else answer?.update(turn);
      running?.update(turn);
      if (latest) opened = false;
      body.hidden = !latest && !opened;
      root.classList.toggle('past', !latest);
      root.setAttribute('aria-busy', String(turn.phase === 'running' || turn.phase === 'writing'));
    },
  };
}

function runningLine(actions: Actions) {
  const text = element('span', { class: 'running-text' });
  const bar = progressBar(t('Searching'));
  const row = element(
    'div',
    { class: 'running-row' },
    element('vscode-progress-ring', { attributes: { 'aria-hidden': 'true' } }),
    text,
    textButton(t('Stop'), () => actions.post({ type: 'cancel', what: 'ask' })),
  );
  return {
    element: element('div', { class: 'running' }, row, bar.element),
    update({ progress }: Turn) {
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

/** The views of a conversation, latest first, each made once. */
export function turnList(actions: Actions, own: TurnActions) {
  const views = new Map<number, TurnView>();
  const list = element('div', { class: 'turns' });
  return {
    element: list,
    update({ turns }: AskState) {
      for (const [id, view] of views) {
        if (turns.some((turn) => turn.id === id)) continue;
        view.element.remove();
        views.delete(id);
      }
      for (const [at, turn] of turns.entries()) {
        let view = views.get(turn.id);
        if (!view) {
          view = turnView(actions, own);
          views.set(turn.id, view);
          list.prepend(view.element);
        }
        view.update(turn, at === turns.length - 1);
      }
    },
  };
}
