import path from 'node:path';
import type { Session } from '../../engine/session';
import type { DoctorReport } from '../../protocol/engine';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { parse } from '../options';
import { note, print, printJson } from '../output';
import { messageOf } from '../../protocol/errors';

const marks = { ok: '✓', info: '·', warning: '!', error: '✗' };

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor [--probe] [--cuda FOLDER] [--json]',
  summary: 'What runs where and why, where data lies and how large it is.',
  details:
    '--probe tries what the model could run on and measures it, as the editor does after the first suggestion; what it finds is kept.\n' +
    "--cuda names the folder of ONNX Runtime's CUDA libraries, where they do not lie beside the runtime.",
  async run(args, signal) {
    const { values } = parse(args, { probe: { type: 'boolean' }, cuda: { type: 'string' } });
    const settings = { cudaFolder: values.cuda && path.resolve(values.cuda) };
    const look = async (engine: Session) => {
      // A model that does not load is part of the report, not a reason to have none.
      const loaded = await engine.warmUp().then(
        () => true,
        (error) => note(messageOf(error)),
      );
      if (values.probe && loaded)
        await engine.probeProviders(
          signal,
          sayOnce(({ step }) => step),
        );
      return engine.doctor();
    };
    const report = await withEngine(values, [], look, settings);
    if (values.json) printJson(report);
    else print(formatReport(report));
  },
};

/** Notes what is new of what is reported. */
function sayOnce<T>(words: (value: T) => string): (value: T) => void {
  let last = '';
  return (value) => {
    if (words(value) !== last) note((last = words(value)));
  };
}

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
