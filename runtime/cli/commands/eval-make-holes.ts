import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findAssets } from '../../engine/assets';
import { commitHoles } from '../../evaluation/commit-holes';
import { GitHistory } from '../../evaluation/git-history';
import { HOLE_KINDS, type Hole } from '../../evaluation/hole';
import { withRepository } from '../../evaluation/hole-repository';
import { makeHoles, type MakeHolesOptions, type RepoFile } from '../../evaluation/make-holes';
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
import { UsageError, oneOf, parse, wholeNumber } from '../options';
import { note } from '../output';
import type { Command } from './index';

export const evalMakeHoles: Command = {
  name: 'eval make-holes',
  usage:
    'eval make-holes DIR OUT.jsonl [--count 300] [--seed 1] [--kinds rest] [--depths 1000,4000,16000 | --commits N]',
  summary: 'Cuts holes into the code of a folder, to measure on it.',
  details:
    'The same folder, seed and count give the same holes. --kinds takes any of rest, line, block, with commas between. ' +
    '--depths: about how many tokens stand before the cursor, in turn (a token is taken for four characters). ' +
    'Each hole carries the files that its imports lead to and its nearest neighbours, for --context repo. ' +
    '--commits: holes in lines that one of the last N commits added, one a commit that changed several files of code; ' +
    'what it changed in the others is made before, as edits.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      count: { type: 'string' },
      seed: { type: 'string' },
      kinds: { type: 'string' },
      depths: { type: 'string' },
      commits: { type: 'string' },
    });
    const [dir, out] = positionals;
    if (!dir || !out) throw new UsageError('A folder and a file to write are needed.');
    const names = (values.kinds ?? 'rest').split(',').map((kind) => oneOf('kinds', kind, HOLE_KINDS, 'rest'));
    const kinds = Object.fromEntries(names.map((name) => [name, 1]));
    const depths = values.depths?.split(',').map((depth) => wholeNumber('depths', depth, 0, 1));
    const seed = wholeNumber('seed', values.seed, 1);
    const count = wholeNumber('count', values.count, 300, 1);
    openGrammars(findAssets(__dirname).grammarsFolder);
    const root = path.resolve(dir);
    const holes =
      values.commits === undefined
        ? await holesInFiles(root, { seed, count, kinds, depths }, signal)
        : await commitHoles(new GitHistory(root), {
            seed,
            count,
            commits: wholeNumber('commits', values.commits, 0, 1),
            languageOf,
            signal,
          });
    writeFileSync(out, holes.map((hole) => `${JSON.stringify(hole)}\n`).join(''));
    note(`${holes.length} holes`);
  },
};

const languages = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact', 'python'];

/** The language of a file of code that holes may be cut into. */
function languageOf(relative: string): string | undefined {
  const language = languageIdOf(relative);
  return languages.includes(language) ? language : undefined;
}

async function holesInFiles(
  root: string,
  { seed, ...options }: MakeHolesOptions & { seed: number },
  signal: AbortSignal,
): Promise<Hole[]> {
  const rules = createPathRules(root);
  const sources = await sourceFiles(rules, signal);
  const files = remembered(filesOnDisk(rules));
  const paths = sources.map((source) => source.path);
  const holes: Hole[] = [];
  for (const hole of makeHoles(sources, seed, options)) {
    throwIfAborted(signal);
    holes.push(await withRepository(hole, files, paths));
  }
  return holes;
}

async function sourceFiles(rules: PathRules, signal: AbortSignal): Promise<RepoFile[]> {
  const files: RepoFile[] = [];
  for await (const { relative, skipped } of walk(rules, { signal })) {
    const language = languageOf(relative);
    if (skipped || language === undefined) continue;
    const read = await readTextFile(path.join(rules.root, relative));
    if (!('skipped' in read)) files.push({ path: relative, text: read.text, language });
  }
  return files;
}
