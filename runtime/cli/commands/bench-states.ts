import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readSource } from '../../engine/source-text';
import {
  measureRestart,
  measureResume,
  type ResumeFigure,
  type ResumeOptions,
} from '../../evaluation/resume';
import { measureSnapshots } from '../../evaluation/snapshots';
import type { LanguageModel } from '../../inference/language-model';
import { UserError } from '../../protocol/errors';
import { SavedStates } from '../../state/saved-states';
import { StateStore } from '../../state/state-store';
import { withModel } from '../local-model';
import { UsageError, lengths, modelOptions, parse, wholeNumber, type CommonValues } from '../options';
import { ProgressBar, print, printJson, table } from '../output';
import type { Command } from './index';

/** Nothing of a measurement stays on disk, and none of it is lost to a limit. */
async function withStore<T>(
  model: LanguageModel,
  folder: string,
  job: (store: StateStore, saved: SavedStates) => Promise<T>,
): Promise<T> {
  const { store, saved } = await StateStore.open({
    folder,
    model: model.info.stateKey,
    limitBytes: 1e12,
    onProblem: (message) => {
      throw new UserError(message);
    },
  });
  return job(store, new SavedStates(store, saved));
}

async function inTemporaryFolder<T>(job: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'longview-bench-'));
  try {
    return await job(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const benchResume: Command = {
  name: 'bench resume',
  usage: 'bench resume --file PATH [--tokens 16384] [--edit-at 0.9] [--precision P] [--json]',
  summary: 'How soon the first token comes after a keystroke, a jump and a restart, and what is read for it.',
  details: 'The whole file is read, up to --tokens. Medians of 20 places around the edit; 3 cold reads.',
  async run(args, signal) {
    const { values } = parse(args, {
      ...modelOptions,
      file: { type: 'string' },
      tokens: { type: 'string' },
      'edit-at': { type: 'string' },
      // For the process that this command starts to measure a restart.
      'restart-from': { type: 'string' },
    });
    if (!values.file) throw new UsageError('--file is needed: a long source file.');
    const editAt = Number(values['edit-at'] ?? 0.9);
    if (!(editAt > 0 && editAt <= 1)) throw new UsageError('--edit-at takes a number above 0 and up to 1.');
    const tokens = wholeNumber('tokens', values.tokens, 16384, 256);
    const options: ResumeOptions = {
      text: (await readSource(path.resolve(values.file))).replaceAll('\r\n', '\n'),
      displayPath: path.basename(values.file),
      tokens,
      editAt,
      signal,
    };
    const from = values['restart-from'];
    if (from !== undefined) return printJson(await restarted(values, from, options));
    const bar = new ProgressBar();
    const report = await inTemporaryFolder(async (folder) => {
      const measured = await withModel(values, (model) =>
        withStore(model, folder, (_, saved) =>
          measureResume(model, saved, { ...options, onProgress: (...p) => bar.update(...p) }),
        ),
      );
      const self = [process.argv[1]!, 'bench', 'resume', ...args, '--restart-from', folder];
      const { stdout } = await promisify(execFile)(process.execPath, self, { signal });
      const restart = JSON.parse(stdout) as ResumeFigure & { loadMs: number };
      return { tokens, editAt, ...measured, restart };
    });
    bar.end();
    if (values.json) return printJson(report);
    const row = (name: string, { ms, tokensRead }: ResumeFigure) => [
      name,
      ms.toFixed(1),
      tokensRead,
      `1/${Math.round(report.cold.ms / ms)}`,
    ];
    const { cold, edit, type, same, restart } = report;
    print(
      table([
        ['first token after', 'ms', 'tokens read', 'of cold'],
        row('cold read', cold),
        row('edit elsewhere', edit),
        row('one more key', type),
        row('the same again', same),
        row('restart, one key', restart),
      ]),
    );
    print(`The new process loaded the model in ${Math.round(restart.loadMs)} ms before.`);
  },
};

function restarted(values: CommonValues & { precision?: string }, folder: string, options: ResumeOptions) {
  return withModel(values, (model) =>
    withStore(model, folder, async (_, saved) => ({
      ...(await measureRestart(model, saved, options)),
      loadMs: model.info.loadMs,
    })),
  );
}

export const benchSnapshot: Command = {
  name: 'bench snapshot',
  usage: 'bench snapshot [--tokens 1000,100000] [--precision P] [--json]',
  summary: 'Bytes of a state in memory and on disk, and the time to save and load it.',
  async run(args, signal) {
    const { values } = parse(args, { ...modelOptions, tokens: { type: 'string' } });
    const tokens = lengths('tokens', values.tokens, [1000, 100_000]);
    const bar = new ProgressBar();
    const results = await inTemporaryFolder((folder) =>
      withModel(values, (model) =>
        withStore(model, folder, (store) =>
          measureSnapshots(model, store, tokens, { signal, onProgress: (...p) => bar.update(...p) }),
        ),
      ),
    );
    bar.end();
    if (values.json) return printJson(results);
    const rows = results.map((r) => [
      r.tokens,
      r.bytesHeld,
      r.bytesWritten,
      r.saveMs.toFixed(1),
      r.loadMs.toFixed(1),
    ]);
    print(table([['tokens', 'bytes held', 'bytes written', 'save ms', 'load ms'], ...rows]));
  },
};
