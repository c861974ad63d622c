import type { DoctorItem, DoctorReport } from '../../runtime/protocol/engine';
import type { Translate } from '../../runtime/protocol/translate';

const marks: Record<DoctorItem['level'], string> = { ok: '✓', info: '·', warning: '!', error: '✗' };

/** The doctor's report as a text that reads well unrendered, too. Trouble comes first. */
export function doctorMarkdown(report: DoctorReport, t: Translate): string {
  const items = report.sections.flatMap((section) => section.items);
  const troubles = items.filter((item) => item.level === 'warning' || item.level === 'error');
  const head =
    troubles.length === 0 ? t('Everything works.') : t('{0} things need attention:', troubles.length);
  const parts = [`# ${t('Longview diagnostics')}`, '', head, ''];
  if (troubles.length > 0) parts.push(...troubles.map(row), '');
  for (const section of report.sections) parts.push(`## ${section.title}`, '', ...section.items.map(row), '');
  return `${parts.join('\n').trimEnd()}\n`;
}

function row(item: DoctorItem): string {
  const advice = item.advice ? `\n  ${item.advice}` : '';
  return `- ${marks[item.level]} ${item.title}: ${item.value}${advice}`;
}
