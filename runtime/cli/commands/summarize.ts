import path from 'node:path';
import type { FileSummary } from '../../protocol/summaries';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, parse } from '../options';
import { ProgressBar, milliseconds, print, printJson } from '../output';
import { summaryText } from '../summary-text';

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
  const { cost, lines } = summary;
  const work = `${lines.length} symbols, ${cost.generatedLines} lines generated, ${cost.tokensRead} tokens read`;
  return `${summaryText(summary)}\n\n${work}, ${milliseconds(cost.ms)}`;
}
