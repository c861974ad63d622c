/** What a token costs in dispatches: counted in the runtime's own traces, as it rewrites a graph before it runs it. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Provider } from '../graph/context';
import { greedySteps } from '../graph/greedy-graph';
import { openBackend } from '../inference/open-backend';
import { graphFile } from '../models/compile';
import type { ReadyModel } from '../models/model-folder';

const greedy = { kind: 'token', choice: { temperature: 0, topP: 1, random: 0 }, most: greedySteps } as const;

/** Dispatches of one token that is written: what further runs add to a trace. */
export async function dispatchesPerToken(model: ReadyModel, provider: Provider): Promise<number> {
  const [fewer, more] = [1, 3];
  const counted = async (runs: number) => dispatchesOf(await traceOfWriting(model, provider, runs));
  return ((await counted(more)) - (await counted(fewer))) / ((more - fewer) * greedySteps);
}

/** Of `runs` greedy runs behind a few tokens that are read. */
async function traceOfWriting(
  { graphPath, states, key, precision }: ReadyModel,
  provider: Provider,
  runs: number,
): Promise<TraceEvent[]> {
  const traceFolder = await mkdtemp(path.join(tmpdir(), 'longview-trace-'));
  try {
    const options = { graphPath, states, key, precision, provider, threads: 1, traceFolder };
    const backend = await openBackend(options);
    try {
      backend.create(1);
      await backend.run(1, [0, 0], { kind: 'nothing' });
      for (let run = 0; run < runs; run++) await backend.run(1, [0], greedy);
    } finally {
      await backend.close();
    }
    const trace = (await readdir(traceFolder)).find((name) => name.startsWith(graphFile))!;
    return JSON.parse(await readFile(path.join(traceFolder, trace), 'utf8')) as TraceEvent[];
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

/** These give a tensor another shape, or run other operators, and compute nothing. */
const none = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'If']);

/** Programs that the device ran; of a device that cannot time them, operators that compute something. */
export function dispatchesOf(events: readonly TraceEvent[]): number {
  const programs = events.filter(({ cat }) => cat === 'Api').length;
  const operators = events.filter(
    ({ cat, name, args }) =>
      cat === 'Node' && name.endsWith('_kernel_time') && !none.has(args?.op_name ?? ''),
  ).length;
  return programs || operators;
}
