import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_CONTEXT } from '../../engine/prompt-context';
import { evaluatedSession } from '../../evaluation/evaluated-session';
import { evaluateHoles, type HoleScores } from '../../evaluation/holes';
import { throwIfAborted } from '../../protocol/errors';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, modelOptions, oneOf, parse, wholeNumber } from '../options';
import { ProgressBar, milliseconds, percent, print, printJson, table } from '../output';
import { readFileText } from '../read-file';

export const evalHoles: Command = {
  name: 'eval holes',
  usage:
    'eval holes FILE.jsonl [--limit N] [--context none|file|repo] [--imports N] [--similar N] [--edits N] [--precision P] [--provider P] [--json]',
  summary: 'How often a completion is exactly what stood in a hole.',
  details:
    'Context repo shows the model other files as the editor does. --imports: that many tokens of declarations of what the file imports. ' +
    '--similar: that many tokens of passages that resemble the code around the cursor. --edits: of pieces that were changed in other files just before. Each takes the place of its default.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      limit: { type: 'string' },
      context: { type: 'string' },
      imports: { type: 'string' },
      similar: { type: 'string' },
      edits: { type: 'string' },
      ...modelOptions,
    });
    const file = positionals[0];
    if (!file) throw new UsageError('A file of holes is missing.');
    const context = oneOf('context', values.context, ['none', 'file', 'repo'], 'file');
    const limit = values.limit === undefined ? undefined : wholeNumber('limit', values.limit, 0, 1);
    const lines = readFileText(file);
    const bar = new ProgressBar();
    // The index of holes' files is of no use to anybody afterwards.
    const passing =
      context === 'repo' && !values.data ? mkdtempSync(path.join(tmpdir(), 'longview-data-')) : undefined;
    const report = await withEngine(
      { ...values, data: values.data ?? passing },
      [],
      (session) =>
        evaluateHoles(lines, evaluatedSession(session), {
          context,
          limit,
          name: file,
          onProgress: (done, total) => {
            throwIfAborted(signal);
            bar.update('holes', done, total);
          },
        }),
      { backgroundReading: 'idle', indexEnabled: context === 'repo' },
      {
        imports: wholeNumber('imports', values.imports, DEFAULT_CONTEXT.imports),
        similar: wholeNumber('similar', values.similar, DEFAULT_CONTEXT.similar),
        edits: wholeNumber('edits', values.edits, DEFAULT_CONTEXT.edits),
      },
    ).finally(() => passing && rmSync(passing, { recursive: true, force: true }));
    bar.end();
    if (values.json) {
      printJson(report);
      return;
    }
    const row = (name: string, s: HoleScores) => [
      name,
      s.n,
      percent(s.exactMatch),
      s.editSimilarity.toFixed(3),
      percent(s.silentShare),
      s.precisionWhenShown === null ? '-' : percent(s.precisionWhenShown),
    ];
    print(
      table([
        ['', 'n', 'exact', 'similarity', 'silent', 'exact when shown'],
        row('all', report),
        ...Object.entries({ ...report.byKind, ...report.byLanguage }).map(([name, s]) => row(name, s)),
      ]),
    );
    const { p50, p95 } = report.latencyMs;
    const bits =
      report.bitsPerCharacter === null ? '' : ` ${report.bitsPerCharacter.toFixed(4)} bits a character;`;
    print(
      `context ${report.context}; ${Math.round(report.tokensReadPerHole)} tokens read a hole;${bits} p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}`,
    );
  },
};
