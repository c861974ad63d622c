import path from 'node:path';
import { readSource } from '../../engine/source-text';
import { measureEquality } from '../../evaluation/resume-equality';
import { UserError } from '../../protocol/errors';
import { createPathRules, walk } from '../../retrieval';
import { languageIdOf } from '../../syntax';
import { withModel } from '../local-model';
import { UsageError, modelOptions, parse, wholeNumber } from '../options';
import { ProgressBar, print, printJson, table } from '../output';
import type { Command } from './index';

export const evalResume: Command = {
  name: 'eval resume',
  usage: 'eval resume DIR [--pairs 200] [--tokens 1024] [--precision P] [--provider P] [--json]',
  summary: 'Whether going on from a saved state gives the same tokens as reading the whole.',
  details: 'Random places of the source files below DIR, of which at most --tokens are read.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      ...modelOptions,
      pairs: { type: 'string' },
      tokens: { type: 'string' },
    });
    if (!positionals[0]) throw new UsageError('A folder is needed.');
    const folder = path.resolve(positionals[0]);
    const pairs = wholeNumber('pairs', values.pairs, 200, 1);
    const tokens = wholeNumber('tokens', values.tokens, 1024, 32);
    const bar = new ProgressBar();
    const report = await withModel(values, async (model) => {
      const texts = await sources(folder, model.info.languages);
      return measureEquality(model, { texts, pairs, tokens, signal, onProgress: (...p) => bar.update(...p) });
    });
    bar.end();
    if (values.json) return printJson(report);
    print(
      table([
        ['pairs of file and place', report.pairs],
        [`the same ${report.greedyTokens} greedy tokens`, report.equal],
        ['largest error of a state / deviation', report.stateError.toExponential(1)],
      ]),
    );
  },
};

async function sources(folder: string, languages: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const { relative, skipped } of walk(createPathRules(folder))) {
    if (texts.length >= 500) break;
    if (skipped || !languages.includes(languageIdOf(relative))) continue;
    texts.push((await readSource(path.join(folder, relative))).replaceAll('\r\n', '\n'));
  }
  if (texts.length === 0)
    throw new UserError(`There is no source file below ${folder} that the model knows.`);
  return texts;
}
