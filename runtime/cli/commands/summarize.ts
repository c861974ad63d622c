import path from 'node:path';
import type { FileSummary, SummaryLine } from '../../protocol/summaries';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, parse } from '../options';
import { ProgressBar, milliseconds, print, printJson } from '../output';

export const summarize: Command = {
  name: 'summarize',
  usage: 'summarize FILE [--json]',
  summary: "A file's purpose and one line per symbol.",
  details: 'Lines marked ≈ were written by the model; the others are the file’s own words.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {});
    if (!positionals[0]) throw new UsageError('A file is missing.');
    const file = path.resolve(positionals[0]);
    const summary = await withEngine(values, [], async (engine) => {
      const bar = new ProgressBar();
      try {
        return await engine.summarize({ path: file }, signal, (progress) => {
          if (progress.stage === 'line') bar.update('summarising', progress.done, progress.total);
        });
      } finally {
        bar.end();
      }
    });
    if (values.json) printJson(summary);
    else print(formatSummary(summary));
  },
};

function formatSummary(summary: FileSummary): string {
  const { cost } = summary;
  return [
    `${summary.displayPath}  (${summary.lineCount} lines)`,
    summary.purpose.text,
    '',
    ...summary.lines.map(formatLine),
    '',
    `${summary.lines.length} symbols, ${cost.generatedLines} lines generated, ${cost.tokensRead} tokens read, ${milliseconds(cost.ms)}`,
  ].join('\n');
}

function formatLine({ depth, kind, name, text, source, nameLine }: SummaryLine): string {
  const mark = source === 'generated' ? '≈ ' : '';
  return `${String(nameLine + 1).padStart(6)}  ${'  '.repeat(depth)}${kind} ${name}${text ? `: ${mark}${text}` : ''}`;
}
