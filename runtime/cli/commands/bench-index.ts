import { existsSync } from 'node:fs';
import path from 'node:path';
import { findAssets } from '../../engine/assets';
import { measureIndex } from '../../evaluation/index-speed';
import type { RerankTimes } from '../../evaluation/rerank-speed';
import { UserError } from '../../protocol/errors';
import { openGrammars } from '../../syntax';
import type { Command } from './index';
import { withModel } from '../local-model';
import { UsageError, parse, wholeNumber } from '../options';
import { ProgressBar, megabytes, milliseconds, percent, print, printJson, table } from '../output';

export const benchIndex: Command = {
  name: 'bench index',
  usage: 'bench index DIR [--edits N] [--questions N] [--json]',
  summary: 'Speed, size and memory of the index of a folder.',
  details:
    'Works on a copy of what the index would hold of DIR: makes the index, edits files (40), asks questions (100), ' +
    'lets the model re-rank 20 of them, opens the index again.',
  async run(args, signal) {
    const { values, positionals } = parse(args, { edits: { type: 'string' }, questions: { type: 'string' } });
    const [dir] = positionals;
    if (!dir) throw new UsageError('A folder is missing.');
    if (!existsSync(dir)) throw new UserError(`${dir} does not exist.`);
    openGrammars(findAssets(__dirname).grammarsFolder);
    const bar = new ProgressBar();
    const speed = await measureIndex(path.resolve(dir), {
      signal,
      edits: wholeNumber('edits', values.edits, 40, 1),
      questions: wholeNumber('questions', values.questions, 100, 1),
      withModel: (job) => withModel(values, job),
      onProgress: (...progress) => bar.update(...progress),
    });
    bar.end();
    if (values.json) return printJson(speed);
    const { editToSearchableMs: edit, queryMs: query, reranked, memoryMB } = speed;
    const rows: [string, string][] = [
      ['files', `${speed.files} (${speed.megabytes.toFixed(1)} MB), ${speed.chunks} passages`],
      ['made at', `${Math.round(speed.filesPerSecond)} files/s, ${speed.mbPerSecond.toFixed(1)} MB/s`],
      ['on disk', megabytes(speed.bytesOnDisk)],
      ['others waited at most', milliseconds(speed.longestWaitMs)],
      ['edit to searchable', `p50 ${milliseconds(edit.p50)}, p95 ${milliseconds(edit.p95)}`],
      ['restart', milliseconds(speed.restartMs)],
      ['question', `p50 ${milliseconds(query.p50)}, p95 ${milliseconds(query.p95)}`],
      ['memory at most', `${Math.round(speed.peakMB)} MB`],
      [
        'while used',
        `${Math.round(memoryMB.begin)} MB at the beginning, ${Math.round(memoryMB.end)} MB at the end`,
      ],
    ];
    if (reranked) {
      const { budgetMs, first, again, reused } = reranked;
      const time = ({ ms, scored }: RerankTimes) =>
        `p50 ${milliseconds(ms.p50)}, p95 ${milliseconds(ms.p95)}, ${scored.toFixed(1)} passages`;
      rows.push(
        [`re-ranked within ${milliseconds(budgetMs)}`, time(first)],
        ['asked again', `${time(again)}, ${percent(reused)} of their tokens read before`],
      );
    }
    print(table(rows));
  },
};
