/** What a token costs in dispatches: counted in the runtime's own traces, as it rewrites a graph before it runs it. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Provider } from '../graph/context';
import { greedySteps } from '../graph/greedy-graph';
import { openBackend } from '../inference/open-backend';
import { greedyGraphFile } from '../models/compile';
import type { ReadyModel } from '../models/model-folder';

/** Read before; fits one run of every graph. */
const readBefore = 16;
const greedy = { kind: 'token', choice: { temperature: 0, topP: 1, random: 0 }, most: greedySteps } as const;

/** Dispatches of one token that is written; undefined where the graph for that was not opened. */
export async function dispatchesPerToken(
  { graphPath, states, key, precision }: ReadyModel,
  provider: Provider,
): Promise<number | undefined> {
  const traceFolder = await mkdtemp(path.join(tmpdir(), 'longview-trace-'));
  try {
    const options = { graphPath, states, key, precision, provider, threads: 1, traceFolder };
    const backend = await openBackend(options);
    try {
      backend.create(1);
      await backend.run(1, new Array<number>(readBefore).fill(0), { kind: 'nothing' });
      await backend.run(1, [0], greedy);
      await backend.run(1, [0], greedy);
    } finally {
      await backend.close();
    }
    const trace = (await readdir(traceFolder)).find((name) => name.startsWith(greedyGraphFile));
    if (trace === undefined) return undefined;
    const events = JSON.parse(await readFile(path.join(traceFolder, trace), 'utf8')) as TraceEvent[];
    return dispatchesOfRun(events) / greedySteps;
  } finally {
    await rm(traceFolder, { recursive: true, force: true });
  }
}

/** Of the format that Chromium's trace viewer reads. */
export interface TraceEvent {
  cat: string;
  name: string;
  args?: { op_name?: string };
}

/** These give a tensor another shape and compute nothing. */
const views = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/** Programs that the device ran in one run; of a device that cannot time them, operators that are no mere views. */
export function dispatchesOfRun(events: readonly TraceEvent[]): number {
  const runs = events.filter(({ name }) => name === 'model_run').length;
  const programs = events.filter(({ cat }) => cat === 'Api').length;
  const operators = events.filter(
    ({ cat, name, args }) =>
      cat === 'Node' && name.endsWith('_kernel_time') && !views.has(args?.op_name ?? ''),
  ).length;
  return (programs || operators) / runs;
}
