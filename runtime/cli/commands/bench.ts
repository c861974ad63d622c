import { readFileText } from '../read-file';
import { measureDrafts } from '../../evaluation/drafts';
import { parseHoles } from '../../evaluation/hole';
import { measureDecoding, measureReading } from '../../evaluation/speed';
import type { Command } from './index';
import { withModel } from '../local-model';
import { UsageError, lengths, modelOptions, parse } from '../options';
import { ProgressBar, percent, print, printJson, table } from '../output';

export const benchRead: Command = {
  name: 'bench read',
  usage: 'bench read [--tokens 1024,4096,16384] [--precision P] [--provider P] [--json]',
  summary: 'Tokens per second while reading, and memory.',
  async run(args, signal) {
    const { values } = parse(args, { ...modelOptions, tokens: { type: 'string' } });
    const tokens = lengths('tokens', values.tokens, [1024, 4096, 16384]);
    const bar = new ProgressBar();
    const results = await withModel(values, (model) =>
      measureReading(model, tokens, { signal, onProgress: (...p) => bar.update(...p) }),
    );
    bar.end();
    if (values.json) printJson(results);
    else {
      const rows = results.map((r) => [
        r.tokens,
        Math.round(r.tokensPerSecond),
        Math.round(r.peakMB),
        r.cpuSeconds.toFixed(1),
      ]);
      print(table([['tokens', 'tokens/s', 'peak MB', 'CPU s'], ...rows]));
    }
  },
};

export const benchDecode: Command = {
  name: 'bench decode',
  usage: 'bench decode [--after 300,4096] [--precision P] [--provider P] [--json]',
  summary: 'Milliseconds per token while writing.',
  async run(args, signal) {
    const { values } = parse(args, { ...modelOptions, after: { type: 'string' } });
    const after = lengths('after', values.after, [300, 4096]);
    const bar = new ProgressBar();
    const results = await withModel(values, (model) =>
      measureDecoding(model, after, { signal, onProgress: (...p) => bar.update(...p) }),
    );
    bar.end();
    if (values.json) printJson(results);
    else {
      const rows = results.map((r) => [
        r.after,
        r.msPerToken.toFixed(2),
        Math.round(r.peakMB),
        r.cpuSeconds.toFixed(1),
      ]);
      print(table([['after tokens', 'ms/token', 'peak MB', 'CPU s'], ...rows]));
    }
  },
};

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
