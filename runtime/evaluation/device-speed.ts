/** What a device can do at best: how fast it copies, and what it costs to have it do anything at all. */
import { GraphBuilder } from '../graph/builder';
import type { Provider } from '../graph/context';
import { openGraph } from '../inference/session';
import { percentile } from './statistics';

export interface DeviceSpeed {
  /** Bytes read and written in a second, in GB. */
  copyGBs: number;
  /** What one operator costs that has next to nothing to compute, µs. */
  dispatchMicroseconds: number;
}

const bytesOfFloat = 4;
/** Beyond every cache, and no more than any adapter binds at once: 128 MB. */
const largeTensor = 1 << 25;
/** A residual stream's. */
const smallTensor = 1024;
/** Of a device made of software one round is enough. */
const longestMs = 5000;

/**
 * @param large elements of the tensor that is copied
 */
export async function measureDevice(
  provider: Provider,
  threads: number,
  large = largeTensor,
): Promise<DeviceSpeed> {
  const copyMs = await operatorMs(provider, threads, large, [4, 20], 9);
  const dispatchMs = await operatorMs(provider, threads, smallTensor, [32, 288], 20);
  return {
    copyGBs: (2 * bytesOfFloat * large) / copyMs / 1e6,
    dispatchMicroseconds: 1000 * dispatchMs,
  };
}

/** By how much a run takes longer for every further addition behind the others: what the run itself costs is in neither. */
async function operatorMs(
  provider: Provider,
  threads: number,
  elements: number,
  [few, many]: readonly [number, number],
  runs: number,
): Promise<number> {
  const sessions = [
    await openGraph(additions(elements, few), provider, { threads }),
    await openGraph(additions(elements, many), provider, { threads }),
  ] as const;
  const times = sessions.map(() => [] as number[]);
  // The first round makes shaders and buffers. In turn, as a machine's speed changes.
  const ends = performance.now() + longestMs;
  for (let run = 0; run <= runs && (run < 2 || performance.now() < ends); run++)
    for (const [i, session] of sessions.entries()) {
      const started = performance.now();
      await session.run({ x: session.float32(Float32Array.of(1), [1]) }, ['y']);
      if (run > 0) times[i]!.push(performance.now() - started);
    }
  for (const session of sessions) await session.release();
  const [short, long] = times.map((each) => percentile(each, 0.5));
  return Math.max(0, long! - short!) / (many - few);
}

/** `x [1]` -> the first of `elements` numbers to which it was added so many times: all but that one stays on the device. */
function additions(elements: number, count: number): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [1]);
  let y = graph.node('Expand', [x, graph.ints(elements)]);
  for (let i = 0; i < count; i++) y = graph.add(y, x);
  graph.output(graph.node('Slice', [y, graph.ints(0), graph.ints(1), graph.ints(0)]), 'y', 'float32', [1]);
  return graph.finish('additions');
}
