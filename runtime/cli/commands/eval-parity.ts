import path from 'node:path';
import { evaluateParity } from '../../evaluation/parity';
import type { Command } from './index';
import { precisionOf } from '../local-engine';
import { UsageError, oneOf, parse } from '../options';
import { ProgressBar, percent, print, printJson, table } from '../output';

export const evalParity: Command = {
  name: 'eval parity',
  usage:
    'eval parity DIR [--provider cpu|webgpu|mixed] [--precision float32|float16|w8u|w8m|int8|int4] [--json]',
  summary: 'Compares what the runtime computes with references of the original code.',
  details:
    'DIR holds pairs NAME.safetensors + NAME.config.json, or is a model folder with reference.safetensors.\n' +
    'Each is read at once, in two parts, and its last 16 positions one by one.',
  async run(args) {
    const { values, positionals } = parse(args, {
      provider: { type: 'string' },
      precision: { type: 'string' },
    });
    if (!positionals[0]) throw new UsageError('A folder is missing.');
    const bar = new ProgressBar();
    const report = await evaluateParity(path.resolve(positionals[0]), {
      provider: oneOf('provider', values.provider, ['cpu', 'webgpu', 'mixed'], 'cpu'),
      precision: precisionOf(values.precision),
      onProgress: (done, total, name) => bar.update(name, done, total),
    });
    bar.end();
    if (values.json) {
      printJson(report);
      return;
    }
    const rows = report.results.map((r) => [
      r.name,
      r.family,
      r.maxAbs.toExponential(1),
      r.maxAbsSplit.toExponential(1),
      r.maxAbsStep.toExponential(1),
      r.std.toFixed(2),
      percent(r.argmaxAgreement),
      r.ok ? 'ok' : `FAILED${r.error ? `: ${r.error}` : ''}`,
    ]);
    print(table([['name', 'family', 'whole', 'split', 'steps', 'std', 'argmax', ''], ...rows]));
    if (report.skipped.length > 0) print(`skipped: ${report.skipped.join(', ')}`);
  },
};
