import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findAssets } from '../../engine/assets';
import { DEFAULT_CONTEXT } from '../../engine/prompt-context';
import { HOLE_KINDS } from '../../evaluation/hole';
import { withRepository } from '../../evaluation/hole-repository';
import { evaluateHoles, type HoleScores } from '../../evaluation/holes';
import { makeHoles, type RepoFile } from '../../evaluation/make-holes';
import { throwIfAborted } from '../../protocol/errors';
import {
  createPathRules,
  filesOnDisk,
  readTextFile,
  remembered,
  walk,
  type PathRules,
} from '../../retrieval';
import { languageIdOf, openGrammars } from '../../syntax';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, oneOf, parse, wholeNumber } from '../options';
import { ProgressBar, milliseconds, note, percent, print, printJson, table } from '../output';
import { readFileText } from '../read-file';

export const evalHoles: Command = {
  name: 'eval holes',
  usage:
    'eval holes FILE.jsonl [--limit N] [--context none|file|repo] [--imports N] [--similar N] [--precision P] [--json]',
  summary: 'How often a completion is exactly what stood in a hole.',
  details:
    'Context repo shows the model other files as the editor does. --imports: that many tokens of declarations of what the file imports. ' +
    '--similar: that many tokens of passages that resemble the code around the cursor. Either takes the place of its default.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      limit: { type: 'string' },
      context: { type: 'string' },
      imports: { type: 'string' },
      similar: { type: 'string' },
      precision: { type: 'string' },
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
      (engine) =>
        evaluateHoles(lines, engine, {
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
    print(
      `context ${report.context}; ${Math.round(report.tokensReadPerHole)} tokens read a hole; p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}`,
    );
  },
};

export const evalMakeHoles: Command = {
  name: 'eval make-holes',
  usage: 'eval make-holes DIR OUT.jsonl [--count 300] [--seed 1] [--kinds rest] [--depths 1000,4000,16000]',
  summary: 'Cuts holes into the code of a folder, to measure on it.',
  details:
    'The same folder, seed and count give the same holes. --kinds takes any of rest, line, block, with commas between. ' +
    '--depths: about how many tokens stand before the cursor, in turn (a token is taken for four characters). ' +
    'Each hole carries the files that its imports lead to and its nearest neighbours, for --context repo.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      count: { type: 'string' },
      seed: { type: 'string' },
      kinds: { type: 'string' },
      depths: { type: 'string' },
    });
    const [dir, out] = positionals;
    if (!dir || !out) throw new UsageError('A folder and a file to write are needed.');
    const names = (values.kinds ?? 'rest').split(',').map((kind) => oneOf('kinds', kind, HOLE_KINDS, 'rest'));
    const kinds = Object.fromEntries(names.map((name) => [name, 1]));
    const depths = values.depths?.split(',').map((depth) => wholeNumber('depths', depth, 0, 1));
    const rules = createPathRules(path.resolve(dir));
    const sources = await sourceFiles(rules, signal);
    const holes = makeHoles(sources, wholeNumber('seed', values.seed, 1), {
      count: wholeNumber('count', values.count, 300, 1),
      kinds,
      depths,
    });
    openGrammars(findAssets(__dirname).grammarsFolder);
    const files = remembered(filesOnDisk(rules));
    const lines: string[] = [];
    for (const hole of holes) {
      throwIfAborted(signal);
      lines.push(`${JSON.stringify(await withRepository(hole, files, sources))}\n`);
    }
    writeFileSync(out, lines.join(''));
    note(`${holes.length} holes from ${sources.length} files`);
  },
};

const languages = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact', 'python'];

async function sourceFiles(rules: PathRules, signal: AbortSignal): Promise<RepoFile[]> {
  const files: RepoFile[] = [];
  for await (const { relative, skipped } of walk(rules, { signal })) {
    const language = languageIdOf(relative);
    if (skipped || !languages.includes(language)) continue;
    const read = await readTextFile(path.join(rules.root, relative));
    if (!('skipped' in read)) files.push({ path: relative, text: read.text, language });
  }
  return files;
}
