/** Whether memory grows with what is generated. */
import { Priority, type LanguageModel } from '../inference/language-model';
import { throwIfAborted } from '../protocol/errors';
import { gpuMemory, type GpuMemory } from './gpu-memory';
import { someIds } from './speed';

export interface MemoryPoint {
  /** Tokens generated so far. */
  generated: number;
  /** Of the whole process, MB. */
  residentMB: number;
  statesMB: number;
  /** Where the model runs on a graphics card whose tool says so. */
  gpu?: GpuMemory;
}

/** Fits the runs of devices that choose several tokens in each. */
const atATime = 8;

interface Options {
  /** Tokens read before. */
  after: number;
  generated: number;
  every: number;
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

/** Generates from given tokens on, a few at a time, so that a model that wants to stop does not end the measurement. */
export async function measureMemory(model: LanguageModel, options: Options): Promise<MemoryPoint[]> {
  const { after, generated, every, signal, onProgress } = options;
  const work = { priority: Priority.Completion, signal };
  const state = await model.create();
  const ids = someIds(model, after + generated + 1);
  await model.read(state, ids.slice(0, after), work);
  const points: MemoryPoint[] = [];
  const note = async () => {
    const gpu = model.info.provider === 'cpu' ? undefined : await gpuMemory();
    points.push({
      generated: state.length - after,
      residentMB: process.memoryUsage.rss() / 1e6,
      statesMB: model.stateBytesHeld() / 1e6,
      ...(gpu && { gpu }),
    });
  };
  await note();
  while (state.length < after + generated) {
    throwIfAborted(signal);
    for await (const _ of model.decode(state, [ids[state.length]!], { ...work, maxTokens: atATime }));
    const done = state.length - after;
    if (done >= every * points.length) {
      await note();
      onProgress?.('generating', done, generated);
    }
  }
  model.release(state);
  return points;
}
