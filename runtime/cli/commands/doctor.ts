import type { DoctorReport } from '../../protocol/engine';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { parse } from '../options';
import { note, print, printJson } from '../output';
import { messageOf } from '../../protocol/errors';

const marks = { ok: '✓', info: '·', warning: '!', error: '✗' };

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor [--json]',
  summary: 'What runs where and why, where data lies and how large it is.',
  async run(args) {
    const { values } = parse(args, {});
    const report = await withEngine(values, [], async (engine) => {
      // A model that does not load is part of the report, not a reason to have none.
      await engine.warmUp().catch((error) => note(messageOf(error)));
      return engine.doctor();
    });
    if (values.json) printJson(report);
    else print(formatReport(report));
  },
};

export function formatReport(report: DoctorReport): string {
  const lines: string[] = [];
  for (const { title, items } of report.sections) {
    lines.push('', title);
    for (const item of items) {
      lines.push(`  ${marks[item.level]} ${item.title}: ${item.value}`);
      if (item.advice) lines.push(`      ${item.advice}`);
    }
  }
  return lines.slice(1).join('\n');
}
