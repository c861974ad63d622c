import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CONFIDENCE_THRESHOLDS } from '../../completion/confidence';
import { CompletionSession, type Provided } from '../../completion/session';
import { silenceSentence } from '../../completion/silence';
import { languageIdOf } from '../../syntax';
import { readSource } from '../../engine/source-text';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { UsageError, offsetOf, parse, parsePlace, wholeNumber } from '../options';
import { milliseconds, note, percent, print, printJson } from '../output';

export const complete: Command = {
  name: 'complete',
  usage: 'complete FILE:LINE:COL [--alternatives N] [--provider cpu|webgpu|mixed] [--json]',
  summary: 'What Longview would write at a place in a file.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {
      alternatives: { type: 'string' },
      provider: { type: 'string' },
    });
    if (!positionals[0]) throw new UsageError('A place is missing.');
    const started = performance.now();
    const place = parsePlace(positionals[0]);
    const file = path.resolve(place.file);
    const text = await readSource(file);
    const offset = offsetOf(text, place);
    const uri = pathToFileURL(file).href;
    const alternatives = wholeNumber('alternatives', values.alternatives, 1, 1);
    const { provided, loadMs } = await withEngine(values, [], async (engine) => {
      const displayPath = path.relative(process.cwd(), file).split(path.sep).join('/');
      engine.openDocument({ uri, path: file, displayPath, languageId: languageIdOf(file), version: 1, text });
      const session = new CompletionSession(engine, clock);
      const view = { uri, version: 1, offset, before: text.slice(0, offset), after: text.slice(offset) };
      const result = await session.provide(view, {
        explicit: true,
        multiline: 'auto',
        threshold: CONFIDENCE_THRESHOLDS.balanced,
        alternatives,
        signal,
      });
      return { provided: result, loadMs: engine.status().model.loadMs ?? 0 };
    });
    const totalMs = performance.now() - started;
    if (values.json) printJson({ ...provided, loadMs, totalMs });
    else show(provided, languageIdOf(file), values.model ?? 'striped-code', loadMs, totalMs);
  },
};

const clock = {
  now: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

function show(
  { items, silence, cost }: Provided,
  language: string,
  model: string,
  loadMs: number,
  totalMs: number,
): void {
  for (const { insertText, confidence } of items) {
    print(insertText);
    note(`  confidence ${percent(confidence)}`);
  }
  if (items.length === 0 && silence) note(silenceSentence(silence, { language, model }));
  if (cost) {
    const { contextTokens, tokensRead, tokensGenerated, ms } = cost;
    note(
      `  ${contextTokens} tokens of context, ${tokensRead} read in ${milliseconds(ms.read)}, ${tokensGenerated} written in ` +
        `${milliseconds(ms.decode)}; model loaded in ${milliseconds(loadMs)}; ${milliseconds(totalMs)} in all`,
    );
  }
}
