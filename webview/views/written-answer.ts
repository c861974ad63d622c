import type { AnswerDoubt, Passage, WrittenAnswer } from '../../runtime/protocol/questions';
import { answerBlocks, type Block, type Piece } from '../answer-prose';
import { placeNow } from '../ask-store';
import { button, element, link, replace, spoken, textButton, type Child } from '../dom';
import { duration } from '../format';
import { icon } from '../icons';
import type { Turn } from '../state';
import { t } from '../translate';
import { answerEnd, placeName, tokens } from '../words';
import { message } from './message';
import type { Actions } from './view';

const doubtWords: Record<AnswerDoubt['kind'], string> = {
  'no-passage': t('The model was shown no such passage.'),
  'no-name': t('This does not stand in any of the passages.'),
  'other-passage': t('This stands in another passage than the one that is cited.'),
};

export interface WrittenView {
  element: HTMLElement;
  update(turn: Turn): void;
}

/** What a model writes from the passages above it: as it comes, with links to them, and marked where they do not bear it out. */
export function writtenAnswer(actions: Actions): WrittenView {
  const label = element('div', { class: 'written-label' });
  const prose = element('div', { class: 'written-prose' });
  const foot = element('div', { class: 'written-foot' });
  const root = element(
    'section',
    { class: 'written', hidden: true, attributes: { 'aria-label': t('Written answer') } },
    label,
    prose,
    foot,
  );
  let shown: Turn | undefined;

  function update(turn: Turn): void {
    const answer = turn.response?.answer;
    const text = answer?.text ?? turn.written?.text;
    const writing = turn.phase === 'writing' && turn.written !== undefined;
    const problem = turn.response?.answerProblem;
    root.hidden = !writing && !text?.trim() && problem === undefined;
    if (root.hidden || shown === turn) return;
    const before = shown;
    shown = turn;
    const same =
      before &&
      before.phase === turn.phase &&
      before.response === turn.response &&
      before.written === turn.written;
    // Edits of the files change where passages stand, and nothing that is shown here.
    if (same) return;
    root.setAttribute('aria-busy', String(writing));
    if (problem !== undefined)
      return replace(root, message('warning', t('No answer was written. {0}', problem)));
    const model = answer?.model ?? turn.written?.model ?? '';
    replace(label, icon('sparkle'), t('Written by {0}, a model: check it against the passages.', model));
    replace(
      prose,
      ...blockNodes(answerBlocks(text ?? ''), (piece) => pieceNodes(piece, turn, answer, actions)),
    );
    replace(foot, ...(writing ? writingFoot(turn, actions) : footOf(turn, answer, actions)));
  }
  return { element: root, update };
}

function writingFoot({ written }: Turn, actions: Actions): Child[] {
  return [
    element('vscode-progress-ring', { attributes: { 'aria-hidden': 'true' } }),
    element('span', {}, written?.text ? t('Writing…') : t('Reading the passages…')),
    textButton(t('Stop'), () => actions.post({ type: 'cancel', what: 'ask' })),
  ];
}

function footOf({ id, response }: Turn, answer: WrittenAnswer | undefined, actions: Actions): Child[] {
  // Without the engine's last word it was given up.
  if (!answer) return [element('span', {}, answerEnd.stopped)];
  const { passagesRead, doubts, end, cost } = answer;
  const all = response?.passages.length ?? 0;
  const facts = [
    end !== 'complete' && answerEnd[end],
    passagesRead < all && t('from passages 1 to {0}, as more did not fit', passagesRead),
    t('{0} read, {1} written, {2}', tokens(cost.tokensRead), tokens(cost.tokensGenerated), duration(cost.ms)),
  ].filter((fact) => fact !== false);
  return [
    doubts.length > 0 &&
      message(
        'warning',
        doubts.length === 1
          ? t('One place could not be confirmed; it is underlined.')
          : t('{0} places could not be confirmed; they are underlined.', doubts.length),
      ),
    element('span', { class: 'cost-line' }, facts.join(', ')),
    button(
      'icon',
      icon('copy'),
      () => {
        actions.post({ type: 'copyWritten', id });
        actions.announce(t('Answer copied.'));
      },
      { name: t('Copy the written answer') },
    ),
  ];
}

/** Items that follow one another are one list. */
function blockNodes(blocks: readonly Block[], nodesOf: (piece: Piece) => Child[]): HTMLElement[] {
  const nodes: HTMLElement[] = [];
  for (const [at, block] of blocks.entries()) {
    if (block.kind === 'code') {
      const code = element('code', {}, block.text);
      nodes.push(element('pre', { class: 'written-code', attributes: { tabindex: '0' } }, code));
      continue;
    }
    const children = block.pieces.flatMap(nodesOf);
    if (block.kind !== 'item') {
      const name = block.kind === 'heading' ? 'written-heading' : undefined;
      nodes.push(element('p', { class: name }, ...children));
      continue;
    }
    const before = blocks[at - 1];
    const goesOn = before?.kind === 'item' && before.ordered === block.ordered;
    if (!goesOn) nodes.push(element(block.ordered ? 'ol' : 'ul'));
    nodes.at(-1)!.append(element('li', {}, ...children));
  }
  return nodes;
}

function pieceNodes(
  { kind, text, numbers = [], start, end }: Piece,
  turn: Turn,
  answer: WrittenAnswer | undefined,
  actions: Actions,
): Child[] {
  const doubt = answer?.doubts.find((each) => each.start < end && each.end > start);
  const tag = kind === 'code' ? 'code' : kind === 'strong' ? 'strong' : 'span';
  if (doubt && kind !== 'text') {
    const words = doubtWords[doubt.kind];
    return [element(tag, { class: 'doubt', title: words }, text, spoken(` (${words})`))];
  }
  const cited = numbers.map((number) => turn.response?.passages.find((each) => each.number === number));
  const known = cited.filter((passage) => passage !== undefined);
  if (kind === 'citation' && known.length === numbers.length)
    return known.map((passage) => citation(passage, turn, actions));
  return [kind === 'text' ? text : element(tag, {}, text)];
}

function citation(passage: Passage, turn: Turn, actions: Actions): HTMLElement {
  const { number, citation: place } = passage;
  const range = placeNow(turn, number)?.range ?? place.range;
  const { path, displayPath } = place;
  const node = link(
    { class: 'cited', title: placeName(displayPath, range) },
    displayPath,
    () => actions.post({ type: 'openCitation', path, range, id: turn.id, number }),
    `[${number}]`,
  );
  node.setAttribute('aria-label', t('Passage {0}: {1}', number, placeName(displayPath, range)));
  return node;
}
