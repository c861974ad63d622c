import path from 'node:path';
import type { Session } from '../../engine/session';
import { UserError } from '../../protocol/errors';
import type { Command } from './index';
import { modelOf, withEngine } from '../local-engine';
import { parse } from '../options';
import { ProgressBar, megabytes, milliseconds, print, printJson, table } from '../output';

export const indexFolder: Command = {
  name: 'index',
  usage: 'index [DIR] [--encoder MODEL] [--skipped] [--json]',
  summary: 'Brings the index of a folder up to date.',
  details:
    '--encoder gives its passages their vectors as well: an encoder that was added, by its name, or its folder. What was\n' +
    'encoded before is not encoded again.\n' +
    '--skipped lists the files that are not indexed, each with the reason.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      skipped: { type: 'boolean' },
      encoder: { type: 'string' },
    });
    const encoderModel = values.encoder === undefined ? '' : modelOf(values.encoder);
    const folder = path.resolve(positionals[0] ?? '.');
    const started = performance.now();
    const job = async (engine: Session) => {
      const bar = new ProgressBar();
      engine.workspace.onStatus(({ state, filesDone, filesTotal, vectors }) => {
        if (state !== 'ready') bar.update('indexing', filesDone, filesTotal);
        else if (vectors) bar.update('encoding', vectors.encoded, vectors.passages);
      });
      signal.addEventListener('abort', () => void engine.workspace.command('pause'), { once: true });
      await engine.workspace.encoded();
      bar.end();
      const status = engine.workspace.status();
      const ms = performance.now() - started;
      const files = await engine.workspace.files();
      const skipped = files.filter((file) => file.skipped);
      if (status.state === 'failed') throw new UserError(status.reason ?? 'The index failed.');
      const { vectors } = status;
      if (vectors?.problem !== undefined) throw new UserError(vectors.problem);
      if (values.json) {
        printJson({ ...status, ms, skipped: values.skipped ? skipped : skipped.length });
        return;
      }
      print(
        `${status.state}: ${status.filesDone} files, ${status.chunks} passages, ${megabytes(status.bytesOnDisk)} on disk, ` +
          `${skipped.length} skipped, ${milliseconds(ms)}`,
      );
      if (vectors)
        print(`vectors of ${vectors.encoded} of ${vectors.passages} passages, by ${vectors.encoder}`);
      if (values.skipped) print(table(skipped.map((file) => [file.skipped, file.displayPath])));
    };
    await withEngine(values, [folder], job, { encoderModel });
  },
};
