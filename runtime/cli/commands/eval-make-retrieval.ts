import { existsSync } from 'node:fs';
import path from 'node:path';
import { findAssets } from '../../engine/assets';
import { makeRetrieval } from '../../evaluation/make-retrieval';
import { UserError } from '../../protocol/errors';
import { openGrammars } from '../../syntax';
import type { Command } from './index';
import { UsageError, parse, wholeNumber } from '../options';
import { note, printJson } from '../output';

export const evalMakeRetrieval: Command = {
  name: 'eval make-retrieval',
  usage: 'eval make-retrieval DIR OUT [--count 300] [--seed 1] [--json]',
  summary: 'Makes questions with known answers out of the documentation of a folder.',
  details:
    'OUT/repo is a copy of what the index would hold of DIR, without the documentation of functions, methods and classes; ' +
    'OUT/questions.jsonl asks for them by the first sentences of that documentation, for eval retrieval --root OUT/repo. ' +
    'Left out: sentences of fewer than four words, those that restate or spell out the name, that stand more than once, ' +
    'or that document tests. The same folder, count and seed give the same questions.',
  async run(args, signal) {
    const { values, positionals } = parse(args, { count: { type: 'string' }, seed: { type: 'string' } });
    const [dir, out] = positionals;
    if (!dir || !out) throw new UsageError('A folder and a place for the copy are needed.');
    if (!existsSync(dir)) throw new UserError(`${dir} does not exist.`);
    openGrammars(findAssets(__dirname).grammarsFolder);
    const made = await makeRetrieval({
      root: path.resolve(dir),
      out: path.resolve(out),
      count: wholeNumber('count', values.count, 300, 1),
      seed: wholeNumber('seed', values.seed, 1),
      signal,
    });
    if (values.json) printJson(made);
    else
      note(`${made.questions} questions from ${made.documented} documented symbols in ${made.files} files`);
  },
};
