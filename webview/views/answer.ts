import { slashCommandOf } from '../../runtime/protocol/conversation';
import type { AskResponse } from '../../runtime/protocol/questions';
import { placeNow } from '../ask-store';
import { element, replace, setText, textButton } from '../dom';
import { percent } from '../format';
import type { Turn } from '../state';
import { t } from '../translate';
import { aboutAnswers, aboutPassages, answerCost, nothingFound, passages } from '../words';
import { switchOnButton } from './command-buttons';
import { message } from './message';
import { passageCard, type PassageCard } from './passage-card';
import { rovingList } from './roving';
import type { Actions } from './view';
import { writtenAnswer } from './written-answer';

/** What was found, evidence first: made once for an answer, then only its notes and places change. */
export function answerView(
  turn: Turn,
  response: AskResponse,
  actions: Actions,
): { nodes: HTMLElement[]; update(turn: Turn): void } {
  const nodes = [...remarks(response, actions)];
  const cards = new Map<number, PassageCard>();
  const about = element('span');
  const written = writtenAnswer(actions);
  const toAnswer = element('div', { class: 'to-answer', hidden: true });
  if (response.passages.length > 0) {
    const list = element('div', {
      class: 'passages',
      attributes: { role: 'list', 'aria-label': passages(response.passages.length) },
    });
    for (const passage of response.passages) {
      const card = passageCard(turn.id, passage, actions);
      cards.set(passage.number, card);
      list.append(card.element);
    }
    rovingList(list, '.place')();
    nodes.push(list, element('p', { class: 'note about' }, about), written.element);
  }

  nodes.unshift(toAnswer);
  const documents = slashCommandOf(turn.asking.question).command === 'doc';
  const silent = documents ? nothingWritten() : undefined;
  if (silent) nodes.unshift(silent);

  /** The answer stands below what it was written from, which may be long. */
  function showWay({ phase, written: begun, response: now }: Turn): void {
    const writing = phase === 'writing' && begun !== undefined;
    toAnswer.hidden = !writing && !now?.answer && !begun?.text;
    if (toAnswer.hidden || toAnswer.dataset.writing === String(writing)) return;
    toAnswer.dataset.writing = String(writing);
    const go = textButton(t('Go to the written answer'), () =>
      written.element.scrollIntoView({ block: 'nearest' }),
    );
    const stop = textButton(t('Stop'), () => actions.post({ type: 'cancel', what: 'ask' }));
    replace(toAnswer, go, writing && stop);
  }

  function update(now: Turn): void {
    setText(about, now.written || now.response?.answer ? aboutPassages : aboutAnswers);
    written.update(now);
    showWay(now);
    if (silent) silent.hidden = now.phase !== 'done' || now.response?.passages[0]?.note !== undefined;
    for (const passage of now.response?.passages ?? []) {
      const unwritten = now.unwritten.includes(passage.number);
      cards.get(passage.number)?.update(passage, unwritten, placeNow(now, passage.number));
    }
  }
  update(turn);
  return { nodes, update };
}

function remarks(response: AskResponse, actions: Actions): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (response.nothingFound) {
    const off = response.nothingFound === 'index-disabled';
    parts.push(message('info', nothingFound[response.nothingFound], off && switchOnButton('index', actions)));
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
  return parts;
}

/** What /doc comes to where the model's words were dropped, or it was not asked. */
const nothingWritten = () =>
  message(
    'info',
    t('No line was written: the code is too small for one, or what the model said did not hold against it.'),
  );
