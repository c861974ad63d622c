import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { evaluatedSession } from '../../evaluation/evaluated-session';
import { replay } from '../../evaluation/replay';
import { throwIfAborted } from '../../protocol/errors';
import { languageIdOf } from '../../syntax';
import { readSource } from '../../engine/source-text';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, offsetOf, parse, parsePlace, wholeNumber } from '../options';
import { ProgressBar, milliseconds, percent, print, printJson, table } from '../output';

export const evalReplay: Command = {
  name: 'eval replay',
  usage: 'eval replay FILE --from L:C --to L:C [--keystroke-ms 120] [--provider P] [--json]',
  summary: 'Types a region of a file again, key by key, as in the editor.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      from: { type: 'string' },
      to: { type: 'string' },
      'keystroke-ms': { type: 'string' },
      provider: { type: 'string' },
    });
    if (!positionals[0] || !values.from || !values.to)
      throw new UsageError('A file, --from and --to are needed.');
    const file = path.resolve(positionals[0]);
    const text = await readSource(file);
    const at = (place: string) => offsetOf(text, parsePlace(`${positionals[0]}:${place}`));
    const [from, to] = [at(values.from), at(values.to)];
    const bar = new ProgressBar();
    const document = {
      uri: pathToFileURL(file).href,
      path: file,
      displayPath: path.relative(process.cwd(), file).split(path.sep).join('/'),
      languageId: languageIdOf(file),
      version: 1,
      text,
    };
    const report = await withEngine(
      values,
      [],
      async (session) => {
        await session.warmUp();
        return replay(document, evaluatedSession(session), {
          from,
          to,
          keystrokeMs: wholeNumber('keystroke-ms', values['keystroke-ms'], 120, 1),
          onProgress: (typed, total) => {
            throwIfAborted(signal);
            bar.update('typing', typed, total);
          },
        });
      },
      { backgroundReading: 'idle' },
    );
    bar.end();
    if (values.json) {
      printJson(report);
      return;
    }
    const { latencyMs, latencyParts: parts, tokensReadPerKeystroke: read } = report;
    print(
      table([
        ['keystrokes', report.keystrokes],
        ['answered', percent(report.answeredShare)],
        [
          'latency p50 / p95 / p99',
          [latencyMs.p50, latencyMs.p95, latencyMs.p99].map(milliseconds).join(' / '),
        ],
        [
          '  debounce, tokenise, read',
          [parts.debounce, parts.tokenise, parts.read].map(milliseconds).join(', '),
        ],
        ['  decode, other', [parts.decode, parts.other].map(milliseconds).join(', ')],
        [
          'tokens read per keystroke',
          `${read.foreground.toFixed(1)} + ${read.background.toFixed(1)} in the background`,
        ],
        ['shown without a request', percent(report.reuseRate)],
        ['keystrokes saved', report.keystrokesSaved],
        ['tokens generated / shown', `${report.tokensGenerated} / ${report.tokensShown}`],
      ]),
    );
  },
};
