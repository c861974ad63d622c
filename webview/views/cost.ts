import type { CompletionCost } from '../../runtime/protocol/completion';
import type { CompletionsView } from '../../runtime/protocol/webview';
import { element } from '../dom';
import { count, duration } from '../format';
import { t } from '../translate';

const parts: [keyof CompletionCost['ms'], string][] = [
  ['queue', t('Waiting')],
  ['tokenise', t('Tokenizing')],
  ['read', t('Reading')],
  ['decode', t('Writing')],
];

/** What the answer saw and what it cost: figures, and the milliseconds as a bar with its legend. */
export function costDetails(cost: CompletionCost, held: CompletionsView['held']): HTMLElement {
  const total = parts.reduce((sum, [part]) => sum + cost.ms[part], 0);
  const bar = element('div', { class: 'stack', attributes: { 'aria-hidden': 'true' } });
  const legend = element('ul', { class: 'legend', attributes: { 'aria-label': t('Time by part') } });
  for (const [part, label] of parts) {
    const segment = element('span', { class: `segment part-${part}` });
    segment.style.flexGrow = String(cost.ms[part]);
    segment.hidden = !(cost.ms[part] > 0);
    bar.append(segment);
    legend.append(
      element(
        'li',
        {},
        element('span', { class: `swatch part-${part}`, attributes: { 'aria-hidden': 'true' } }),
        `${label} ${duration(cost.ms[part])}`,
      ),
    );
  }
  return element(
    'section',
    { class: 'cost-details', attributes: { 'aria-label': t('Context and cost') } },
    element('h3', {}, t('Context and cost')),
    element(
      'dl',
      {},
      ...figure(t('Tokens in context'), count(cost.contextTokens)),
      ...figure(
        t('Read for this'),
        t('{0} ({1} kept)', count(cost.tokensRead), count(Math.max(0, cost.contextTokens - cost.tokensRead))),
      ),
      ...figure(t('Generated'), count(cost.tokensGenerated)),
      ...figure(t('Time'), duration(total)),
      ...(held ? heldFigures(held) : []),
    ),
    bar,
    legend,
  );
}

/** What need not be read again, where it lies, and what it takes. */
function heldFigures({ kept, memory }: NonNullable<CompletionsView['held']>): HTMLElement[] {
  const { states, tokens, savedStates, savedMB } = kept;
  return [
    ...figure(t('Kept in memory'), t('{0} tokens, {1} states', count(tokens), count(states))),
    ...figure(t('Kept on disk'), t('{0} states, {1} MB', count(savedStates), count(Math.round(savedMB)))),
    ...figure(
      t('Memory'),
      t(
        '{0} of {1} MB, {2} MB of it states',
        count(Math.round(memory.residentMB)),
        count(memory.limitMB),
        count(Math.round(memory.statesMB)),
      ),
    ),
  ];
}

function figure(term: string, value: string): HTMLElement[] {
  return [element('dt', {}, term), element('dd', {}, value)];
}
