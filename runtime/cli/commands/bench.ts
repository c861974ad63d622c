import { readFileText } from '../read-file';
import { measureDrafts } from '../../evaluation/drafts';
import { parseHoles } from '../../evaluation/hole';
import { measureDecoding, measureReading, sideBySide } from '../../evaluation/speed';
import type { LanguageModel } from '../../inference/language-model';
import type { Command } from './index';
import { withModel, withModelAndTransformer } from '../local-model';
import { UsageError, lengths, modelOptions, oneOf, parse, type CommonValues } from '../options';
import { ProgressBar, percent, print, printJson, table } from '../output';

const baselineDetails =
  '--baseline transformer measures a random Transformer of the same size in the same run, in turn with the model: both are\n' +
  'in memory then, and so in its peak.';
const speedOptions = { ...modelOptions, baseline: { type: 'string' } } as const;

/** Gives `job` the model, and the Transformer beside it where one was asked for. */
function withBaseline<T>(
  values: CommonValues & { precision?: string; baseline?: string },
  job: (models: readonly [LanguageModel, LanguageModel?]) => Promise<T>,
): Promise<T> {
  const baseline = oneOf('baseline', values.baseline, ['none', 'transformer'], 'none');
  return baseline === 'none'
    ? withModel(values, (model) => job([model]))
    : withModelAndTransformer(values, (...models) => job(models));
}

export const benchRead: Command = {
  name: 'bench read',
  usage:
    'bench read [--tokens 1024,4096,16384] [--baseline transformer] [--precision P] [--provider P] [--json]',
  summary: 'Tokens per second while reading, and memory.',
  details: baselineDetails,
  async run(args, signal) {
    const { values } = parse(args, { ...speedOptions, tokens: { type: 'string' } });
    const tokens = lengths('tokens', values.tokens, [1024, 4096, 16384]);
    const bar = new ProgressBar();
    const results = await withBaseline(values, (models) =>
      sideBySide(measureReading, tokens, models, { signal, onProgress: (...p) => bar.update(...p) }),
    );
    bar.end();
    if (values.json) return printJson(results);
    const rows = results.map(({ baseline, ...r }) => [
      r.tokens,
      Math.round(r.tokensPerSecond),
      ...(baseline
        ? [Math.round(baseline.tokensPerSecond), ratio(r.tokensPerSecond, baseline.tokensPerSecond)]
        : []),
      Math.round(r.peakMB),
      r.cpuSeconds.toFixed(1),
    ]);
    const compared = results[0]?.baseline ? ['Transformer', 'ratio'] : [];
    print(table([['tokens', 'tokens/s', ...compared, 'peak MB', 'CPU s'], ...rows]));
  },
};

export const benchDecode: Command = {
  name: 'bench decode',
  usage: 'bench decode [--after 300,4096] [--baseline transformer] [--precision P] [--provider P] [--json]',
  summary: 'Milliseconds per token while writing.',
  details: baselineDetails,
  async run(args, signal) {
    const { values } = parse(args, { ...speedOptions, after: { type: 'string' } });
    const after = lengths('after', values.after, [300, 4096]);
    const bar = new ProgressBar();
    const results = await withBaseline(values, (models) =>
      sideBySide(measureDecoding, after, models, { signal, onProgress: (...p) => bar.update(...p) }),
    );
    bar.end();
    if (values.json) return printJson(results);
    const rows = results.map(({ baseline, ...r }) => [
      r.after,
      r.msPerToken.toFixed(2),
      ...(baseline ? [baseline.msPerToken.toFixed(2), ratio(baseline.msPerToken, r.msPerToken)] : []),
      Math.round(r.peakMB),
      r.cpuSeconds.toFixed(1),
    ]);
    const compared = results[0]?.baseline ? ['Transformer', 'ratio'] : [];
    print(table([['after tokens', 'ms/token', ...compared, 'peak MB', 'CPU s'], ...rows]));
  },
};

/** How many times as fast as the baseline. */
const ratio = (fast: number, slow: number): string => (fast / slow).toFixed(2);

export const benchDrafts: Command = {
  name: 'bench drafts',
  usage: 'bench drafts HOLES.jsonl [--precision P] [--provider P] [--json]',
  summary: 'Milliseconds per token with and without drafting tokens from the context.',
  details: 'HOLES.jsonl comes from eval make-holes. Writes 16 tokens at each hole, in both ways in turn.',
  async run(args, signal) {
    const { values, positionals } = parse(args, modelOptions);
    const [file] = positionals;
    if (!file) throw new UsageError('A file of holes is needed; eval make-holes makes one.');
    const holes = parseHoles(readFileText(file), file);
    const bar = new ProgressBar();
    const figures = await withModel(values, (model) =>
      measureDrafts(model, holes, { signal, onProgress: (...p) => bar.update(...p) }),
    );
    bar.end();
    if (values.json) return printJson(figures);
    const { places, tokens, plainMs, draftedMs, same } = figures;
    print(
      table([
        ['places', 'tokens', 'ms/token', 'with drafts', 'times', 'same'],
        [
          places,
          tokens,
          plainMs.toFixed(2),
          draftedMs.toFixed(2),
          (plainMs / draftedMs).toFixed(2),
          percent(same / places),
        ],
      ]),
    );
  },
};
