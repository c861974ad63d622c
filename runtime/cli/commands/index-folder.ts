import path from 'node:path';
import { UserError } from '../../protocol/errors';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { parse } from '../options';
import { ProgressBar, megabytes, milliseconds, print, printJson, table } from '../output';

export const indexFolder: Command = {
  name: 'index',
  usage: 'index [DIR] [--skipped] [--json]',
  summary: 'Brings the index of a folder up to date.',
  details: '--skipped lists the files that are not indexed, each with the reason.',
  async run(args, signal) {
    const { values, positionals } = parse(args, { skipped: { type: 'boolean' } });
    const folder = path.resolve(positionals[0] ?? '.');
    const started = performance.now();
    await withEngine(values, [folder], async (engine) => {
      const bar = new ProgressBar();
      engine.workspace.onStatus(({ filesDone, filesTotal }) => bar.update('indexing', filesDone, filesTotal));
      signal.addEventListener('abort', () => void engine.workspace.command('pause'), { once: true });
      await engine.indexIdle();
      bar.end();
      const status = engine.workspace.status();
      const ms = performance.now() - started;
      const files = await engine.workspace.files();
      const skipped = files.filter((file) => file.skipped);
      if (status.state === 'failed') throw new UserError(status.reason ?? 'The index failed.');
      if (values.json) {
        printJson({ ...status, ms, skipped: values.skipped ? skipped : skipped.length });
        return;
      }
      print(
        `${status.state}: ${status.filesDone} files, ${status.chunks} passages, ${megabytes(status.bytesOnDisk)} on disk, ` +
          `${skipped.length} skipped, ${milliseconds(ms)}`,
      );
      if (values.skipped) print(table(skipped.map((file) => [file.skipped, file.displayPath])));
    });
  },
};
