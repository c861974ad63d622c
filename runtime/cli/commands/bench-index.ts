import { existsSync } from 'node:fs';
import path from 'node:path';
import { findAssets } from '../../engine/assets';
import { measureIndex } from '../../evaluation/index-speed';
import { UserError } from '../../protocol/errors';
import { openGrammars } from '../../syntax';
import type { Command } from './index';
import { UsageError, parse } from '../options';
import { ProgressBar, megabytes, milliseconds, print, printJson, table } from '../output';

export const benchIndex: Command = {
  name: 'bench index',
  usage: 'bench index DIR [--json]',
  summary: 'Speed, size and memory of the index of a folder.',
  details:
    'Works on a copy of what the index would hold of DIR: makes the index, edits 40 files, asks 100 questions, opens it again.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {});
    const [dir] = positionals;
    if (!dir) throw new UsageError('A folder is missing.');
    if (!existsSync(dir)) throw new UserError(`${dir} does not exist.`);
    openGrammars(findAssets(__dirname).grammarsFolder);
    const bar = new ProgressBar();
    const speed = await measureIndex(path.resolve(dir), {
      signal,
      onProgress: (...progress) => bar.update(...progress),
    });
    bar.end();
    if (values.json) return printJson(speed);
    const { editToSearchableMs: edit, queryMs: query } = speed;
    const rows: [string, string][] = [
      ['files', `${speed.files} (${speed.megabytes.toFixed(1)} MB), ${speed.chunks} passages`],
      ['made at', `${Math.round(speed.filesPerSecond)} files/s, ${speed.mbPerSecond.toFixed(1)} MB/s`],
      ['on disk', megabytes(speed.bytesOnDisk)],
      ['others waited at most', milliseconds(speed.longestWaitMs)],
      ['edit to searchable', `p50 ${milliseconds(edit.p50)}, p95 ${milliseconds(edit.p95)}`],
      ['restart', milliseconds(speed.restartMs)],
      ['question', `p50 ${milliseconds(query.p50)}, p95 ${milliseconds(query.p95)}`],
      ['memory at most', `${Math.round(speed.peakMB)} MB`],
    ];
    print(table(rows));
  },
};
