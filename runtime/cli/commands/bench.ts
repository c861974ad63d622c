import { readFileText } from '../read-file';
import { measureDrafts } from '../../evaluation/drafts';
import { parseHoles } from '../../evaluation/hole';
import { measureFloors } from '../../evaluation/model-floors';
import { measureDecoding, measureReading, sideBySide, type Compared } from '../../evaluation/speed';
import { messageOf } from '../../protocol/errors';
import type { Command } from './index';
import { preparedModel, providerOf, threadsOf, withModel, withModelAndTransformer } from '../local-model';
import { UsageError, lengths, modelOptions, oneOf, parse, wholeNumber, type CommonValues } from '../options';
import { ProgressBar, note, percent, print, printJson, table } from '../output';

const speedDetails =
  '--baseline transformer measures a random Transformer of the same size in the same run, in turn with the model: both are\n' +
  'in memory then, and so in its peak. --limit-seconds ends the reading of each length; longer ones are left out then.\n' +
  'State MB is what the model keeps of the tokens. The first length on a GPU has the compiling of its shaders in it.';
const speedOptions = {
  ...modelOptions,
  baseline: { type: 'string' },
  'limit-seconds': { type: 'string' },
} as const;

interface SpeedValues extends CommonValues {
  precision?: string;
  baseline?: string;
  'limit-seconds'?: string;
}

/** Measures the model, with the Transformer beside it where one was asked for. */
async function measured<T extends { stopped?: string }>(
  values: SpeedValues,
  measure: Parameters<typeof sideBySide<T>>[0],
  sizes: readonly number[],
  signal: AbortSignal,
): Promise<Compared<T>[]> {
  const baseline = oneOf('baseline', values.baseline, ['none', 'transformer'], 'none');
  const limit = values['limit-seconds'];
  const limitSeconds = limit === undefined ? undefined : wholeNumber('limit-seconds', limit, 1, 1);
  const bar = new ProgressBar();
  const options = {
    limitSeconds,
    signal,
    onProgress: (...progress: Parameters<ProgressBar['update']>) => bar.update(...progress),
  };
  const results =
    baseline === 'none'
      ? await withModel(values, (model) => sideBySide(measure, sizes, [model], options))
      : await withModelAndTransformer(values, (...models) => sideBySide(measure, sizes, models, options));
  bar.end();
  return results;
}

/** Names of the columns that a baseline adds. */
const compared = (results: readonly Compared<object>[]) =>
  results[0]?.baseline ? ['Transformer', 'ratio'] : [];

/** A figure, the same of the baseline, and how many times as good it is. */
const beside = (own: number, other: number | undefined, ratio: number, digits: number) =>
  other === undefined
    ? [own.toFixed(digits)]
    : [own.toFixed(digits), other.toFixed(digits), ratio.toFixed(2)];

function noteWhatStopped(results: readonly { stopped?: string }[]): void {
  const stopped = results.at(-1)?.stopped;
  if (stopped !== undefined) note(`Stopped: ${stopped}`);
}

export const benchRead: Command = {
  name: 'bench read',
  usage:
    'bench read [--tokens 1024,4096,16384] [--baseline transformer] [--limit-seconds N] [--precision P] [--provider P] [--json]',
  summary: 'Tokens per second while reading, and memory.',
  details: speedDetails,
  async run(args, signal) {
    const { values } = parse(args, { ...speedOptions, tokens: { type: 'string' } });
    const tokens = lengths('tokens', values.tokens, [1024, 4096, 16384]);
    const results = await measured(values, measureReading, tokens, signal);
    if (values.json) return printJson(results);
    const rows = results.map(({ baseline, tokensPerSecond, ...r }) => [
      r.tokens,
      ...beside(
        tokensPerSecond,
        baseline?.tokensPerSecond,
        tokensPerSecond / (baseline?.tokensPerSecond ?? NaN),
        0,
      ),
      r.stateMB.toFixed(1),
      Math.round(r.peakMB),
      r.cpuSeconds.toFixed(1),
    ]);
    const header = ['tokens', 'tokens/s', ...compared(results), 'state MB', 'peak MB', 'CPU s'];
    print(table([header, ...rows]));
    noteWhatStopped(results);
  },
};

export const benchDecode: Command = {
  name: 'bench decode',
  usage:
    'bench decode [--after 300,4096] [--baseline transformer] [--floors] [--limit-seconds N] [--precision P] [--provider P] [--json]',
  summary: 'Milliseconds per token while writing.',
  details:
    `${speedDetails}\n` +
    '--floors adds what a token cannot take less than: the bytes of weights and state that it touches, as fast as the device copies,\n' +
    'and on a GPU the number of its dispatches, at what each costs; and the ratio to the larger one. It loads the model once more.',
  async run(args, signal) {
    const { values } = parse(args, {
      ...speedOptions,
      after: { type: 'string' },
      floors: { type: 'boolean' },
    });
    const after = lengths('after', values.after, [300, 4096]);
    const speeds = await measured(values, measureDecoding, after, signal);
    const floors = values.floors ? await floorsFor(values) : undefined;
    const results = speeds.map((speed) => (floors ? { ...speed, floors: floors(speed) } : speed));
    if (values.json) return printJson(results);
    const rows = results.map(({ baseline, msPerToken, ...r }) => [
      r.after,
      ...beside(msPerToken, baseline?.msPerToken, (baseline?.msPerToken ?? NaN) / msPerToken, 2),
      Math.round(r.tokensPerSecond),
      r.stateMB.toFixed(1),
      Math.round(r.peakMB),
      r.cpuSeconds.toFixed(1),
    ]);
    const header = ['after tokens', 'ms/token', ...compared(results), 'tokens/s before'];
    print(table([[...header, 'state MB', 'peak MB', 'CPU s'], ...rows]));
    if (floors) print(`\n${floorsTable(speeds, floors)}`);
    noteWhatStopped(results);
  },
};

/** After the measurement itself, which is not lost where the device has failed by then. */
async function floorsFor(values: SpeedValues): Promise<FloorsOf | undefined> {
  try {
    return await measureFloors(await preparedModel(values), providerOf(values), threadsOf(values));
  } catch (error) {
    note(`There are no floors: ${messageOf(error)}`);
    return undefined;
  }
}

type FloorsOf = Awaited<ReturnType<typeof measureFloors>>;

function floorsTable(speeds: readonly { after: number; msPerToken: number }[], floors: FloorsOf): string {
  const rows = speeds.map((speed) => {
    const f = floors(speed);
    const ofDispatches =
      f.dispatches === undefined
        ? []
        : [f.dispatches.toFixed(1), f.dispatchMicroseconds.toFixed(1), f.dispatchMs!.toFixed(2)];
    return [
      speed.after,
      f.weightMB.toFixed(1),
      f.touchedStateMB.toFixed(1),
      Number(f.copyGBs.toPrecision(3)),
      f.bytesMs.toFixed(3),
      ...ofDispatches,
      f.ratio.toFixed(2),
    ];
  });
  const ofDispatches = rows[0]!.length > 6 ? ['dispatches', 'µs each', 'ms'] : [];
  return table([
    ['after tokens', 'weights MB', 'state MB', 'GB/s', 'ms', ...ofDispatches, 'measured/floor'],
    ...rows,
  ]);
}

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
