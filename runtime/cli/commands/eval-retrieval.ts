import path from 'node:path';
import { evaluateRetrieval } from '../../evaluation/retrieval';
import { findAssets } from '../../engine/assets';
import type { LanguageModel } from '../../inference/language-model';
import { loadTextEncoder } from '../../inference/text-encoder';
import { openGrammars } from '../../syntax';
import type { Command } from './index';
import { defaultDataFolder } from '../data-folder';
import { withModel } from '../local-model';
import { UsageError, parse, wholeNumber } from '../options';
import { ProgressBar, milliseconds, note, percent, print, printJson, table } from '../output';

export const evalRetrieval: Command = {
  name: 'eval retrieval',
  usage: 'eval retrieval FILE.jsonl --root DIR [--rerank MS] [--encoder FOLDER] [--limit N] [--json]',
  summary: 'How early the right lines stand among the passages, by method.',
  details:
    '--rerank MS lets the model re-order the passages within so many milliseconds a question. ' +
    '--encoder FOLDER places passages by an encoder (m2_bert) as well: method vector, and its part in hybrid.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      root: { type: 'string' },
      rerank: { type: 'string' },
      encoder: { type: 'string' },
      limit: { type: 'string' },
    });
    if (!positionals[0]) throw new UsageError('A file of questions is missing.');
    if (!values.root) throw new UsageError('--root names the folder that the questions are about.');
    openGrammars(findAssets(__dirname).grammarsFolder);
    const rerankBudgetMs = wholeNumber('rerank', values.rerank, 0);
    const bar = new ProgressBar();
    const options = {
      file: path.resolve(positionals[0]),
      root: path.resolve(values.root),
      rerankBudgetMs,
      limit: values.limit === undefined ? undefined : wholeNumber('limit', values.limit, 0, 1),
      signal,
      onProgress: (done: number, total: number) => bar.update('asking', done, total),
    };
    const encoder =
      values.encoder === undefined
        ? undefined
        : await loadTextEncoder({
            folder: path.resolve(values.encoder),
            cacheFolder: path.join(values.data ?? defaultDataFolder(), 'cache'),
            threads: wholeNumber('threads', values.threads, 2, 1),
            onLog: note,
          });
    const evaluate = (model?: LanguageModel) => evaluateRetrieval({ ...options, encoder, model });
    const result = await (rerankBudgetMs > 0 ? withModel(values, evaluate) : evaluate()).finally(() =>
      encoder?.close(),
    );
    bar.end();
    if (values.json) {
      printJson(result);
      return;
    }
    const rows = Object.entries(result.methods).map(([method, score]) => [
      method,
      score.mrr10.toFixed(3),
      percent(score.recall1),
      percent(score.recall3),
      percent(score.recall5),
      percent(score.recall10),
      milliseconds(score.latencyMs.p50),
      milliseconds(score.latencyMs.p95),
    ]);
    print(
      table([['method', 'MRR@10', 'recall@1', 'recall@3', 'recall@5', 'recall@10', 'p50', 'p95'], ...rows]),
    );
    print(`${result.questions} questions, ${result.files} files, ${result.chunks} passages`);
  },
};
