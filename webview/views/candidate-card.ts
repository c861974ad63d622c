import type { CompletionCandidate } from '../../runtime/protocol/completion';
import { button, element } from '../dom';
import { percent } from '../format';
import { withoutIndentation } from '../quote';
import { t } from '../translate';
import { confidenceWord, stopReason, tokens } from '../words';
import type { Actions } from './view';

export function candidateCard(candidate: CompletionCandidate, index: number, actions: Actions): HTMLElement {
  const fill = element('span', { class: 'meter-fill' });
  fill.style.inlineSize = `${Math.min(1, Math.max(0, candidate.confidence)) * 100}%`;
  const confidence = element(
    'span',
    { class: 'confidence' },
    element('span', { class: 'meter', attributes: { 'aria-hidden': 'true' } }, fill),
    element(
      'span',
      { class: 'confidence-text' },
      `${percent(candidate.confidence)}, ${confidenceWord(candidate.confidence)}`,
    ),
  );
  const insert = button(
    index === 0 ? 'primary' : 'secondary',
    t('Insert'),
    () => actions.post({ type: 'insertCompletion', index }),
    {
      name: t('Insert suggestion {0}, {1}', index + 1, percent(candidate.confidence)),
      class: 'insert',
    },
  );
  const text = withoutIndentation(candidate.text).replace(/\n$/, '');
  return element(
    'div',
    { class: 'card candidate', attributes: { role: 'listitem' } },
    element(
      'pre',
      {
        class: 'code plain',
        attributes: { 'aria-label': t('Suggestion {0}', index + 1), role: 'group', 'data-stop': '' },
      },
      element('code', {}, text),
    ),
    element(
      'div',
      { class: 'candidate-footer' },
      element(
        'div',
        { class: 'candidate-facts' },
        confidence,
        element(
          'span',
          { class: 'note' },
          `${tokens(candidate.tokens)}, ${stopReason[candidate.stoppedBy] ?? candidate.stoppedBy}`,
        ),
      ),
      insert,
    ),
  );
}
