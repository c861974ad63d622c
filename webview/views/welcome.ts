import { element } from '../dom';
import { icon } from '../icons';
import { t } from '../translate';
import { aboutAnswers, exampleQuestions } from '../words';

/** What stands in the Ask tab before the first question. */
export function welcome(send: (question: string) => void): HTMLElement {
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
