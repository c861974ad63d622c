import type { VectorStatus } from '../../runtime/protocol/index-status';
import type { Translate } from '../../runtime/protocol/translate';
import type { StatusFacts } from './status-state';
import type { StatusView } from './status-view';

/** The tooltip in Markdown: the state, then only figures that were measured, each with its unit. */
export function tooltipMarkdown(view: StatusView, facts: StatusFacts, t: Translate): string {
  const rows: [string, string][] = [];
  const { status, index, lastCost } = facts;
  if (status) {
    const { name, provider, precision, fallback, providerReason } = status.model;
    rows.push([t('Model'), [name, provider?.toUpperCase(), precision].filter(Boolean).join(', ')]);
    const why = fallback ?? providerReason;
    if (provider !== undefined && why !== undefined)
      rows.push([t('Provider'), `${provider.toUpperCase()}: ${why}`]);
  }
  if (status?.model.state === 'unloaded')
    rows.push([t('Model in memory'), t('no; the next request loads it')]);
  if (lastCost) {
    const { queue, tokenise, read, decode } = lastCost.ms;
    rows.push([
      t('Last completion'),
      t(
        '{0} tokens held, {1} read, {2} written, {3} ms',
        lastCost.contextTokens,
        lastCost.tokensRead,
        lastCost.tokensGenerated,
        Math.round(queue + tokenise + read + decode),
      ),
    ]);
  }
  if (status) {
    const { residentMB, statesMB, limitMB } = status.memory;
    rows.push([
      t('Memory'),
      t('{0} MB of {1} MB ({2} MB of it states)', Math.round(residentMB), limitMB, Math.round(statesMB)),
    ]);
  }
  if (status && status.kept.states + status.kept.savedStates > 0) {
    const { states, tokens, savedStates, savedMB } = status.kept;
    rows.push([
      t('Kept'),
      t(
        '{0} tokens in {1} states; on disk {2} states, {3} MB',
        tokens,
        states,
        savedStates,
        Math.round(savedMB),
      ),
    ]);
  }
  if (index && index.state !== 'off')
    rows.push([t('Index'), t('{0} files, {1} passages', index.filesDone, index.chunks)]);
  if (index?.vectors) rows.push([t('Vectors'), vectorWords(index.vectors, t)]);
  const table = rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`);
  return [
    `**Longview**: ${escapeMarkdown(view.sentence)}`,
    ...(table.length > 0 ? ['', '| | |', '|:--|:--|', ...table] : []),
  ].join('\n');
}

function vectorWords({ encoder, passages, encoded, problem }: VectorStatus, t: Translate): string {
  const percent = passages > 0 ? Math.floor((100 * encoded) / passages) : 0;
  const share = t('{0} % of passages, by {1}', percent, encoder);
  return problem === undefined ? share : `${share}. ${problem}`;
}

function cell(text: string): string {
  return escapeMarkdown(text).replace(/\r?\n/g, ' ');
}

/** Text that may hold a file's or a model's name stays text: no links, no formatting, no table cells of its own. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~$]/g, '\\$&');
}
