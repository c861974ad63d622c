import { measureMemory } from '../../evaluation/memory-growth';
import { stateBytesAt } from '../../evaluation/state-size';
import { describedModels, providerOf, withModel } from '../local-model';
import { lengths, modelOptions, parse, wholeNumber } from '../options';
import { ProgressBar, print, printJson, table } from '../output';
import type { Command } from './index';

export const benchState: Command = {
  name: 'bench state',
  usage: 'bench state [--tokens 1024,65536] [--provider P] [--json]',
  summary: 'What a model keeps of so many tokens, beside a Transformer of its size.',
  details: 'Counted from the graph in float32: nothing is run, and no weights are needed.',
  run(args) {
    const { values } = parse(args, { ...modelOptions, tokens: { type: 'string' } });
    const { model, transformer } = describedModels(values);
    const provider = providerOf(values);
    const sizes = lengths('tokens', values.tokens, [1024, 65536]).map((tokens) => ({
      tokens,
      stateMB: stateBytesAt(model, provider, tokens) / 1e6,
      transformerMB: stateBytesAt(transformer, provider, tokens) / 1e6,
    }));
    if (values.json) printJson(sizes);
    else {
      const rows = sizes.map(({ tokens, stateMB, transformerMB }) => [
        tokens,
        stateMB.toFixed(1),
        transformerMB.toFixed(1),
        (stateMB / transformerMB).toFixed(3),
      ]);
      print(table([['tokens', 'state MB', 'Transformer', 'ratio'], ...rows]));
    }
    return Promise.resolve();
  },
};

export const benchMemory: Command = {
  name: 'bench memory',
  usage: 'bench memory [--generated 10000] [--after 5000] [--precision P] [--json]',
  summary: 'Memory at each 1,000 generated tokens.',
  details:
    "With --provider webgpu also that of the graphics card, where nvidia-smi is there: the process's own, or what all programs use\n" +
    'where the driver does not list it.',
  async run(args, signal) {
    const { values } = parse(args, {
      ...modelOptions,
      generated: { type: 'string' },
      after: { type: 'string' },
    });
    const generated = wholeNumber('generated', values.generated, 10_000, 1000);
    const after = wholeNumber('after', values.after, 5000, 1);
    const bar = new ProgressBar();
    const points = await withModel(values, (model) =>
      measureMemory(model, {
        after,
        generated,
        every: 1000,
        signal,
        onProgress: (...p) => bar.update(...p),
      }),
    );
    bar.end();
    if (values.json) return printJson(points);
    const gpu = points[0]?.gpu;
    const rows = points.map((p) => [
      p.generated,
      p.residentMB.toFixed(1),
      p.statesMB.toFixed(2),
      ...(p.gpu ? [p.gpu.MB.toFixed(1)] : []),
    ]);
    const ofGpu = gpu ? [gpu.of === 'process' ? 'GPU MB' : 'GPU MB (all programs)'] : [];
    print(table([['generated', 'resident MB', 'states MB', ...ofGpu], ...rows]));
  },
};
