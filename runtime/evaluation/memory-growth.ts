/** Whether memory grows with what is generated. */
import { Priority, type LanguageModel } from '../inference/language-model';
import { throwIfAborted } from '../protocol/errors';
import { someIds } from './speed';

export interface MemoryPoint {
  /** Tokens generated so far. */
  generated: number;
  /** Of the whole process, MB. */
  residentMB: number;
  statesMB: number;
}

interface Options {
  /** Tokens read before. */
  after: number;
  generated: number;
  every: number;
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

/** Generates token by token; each one given, so that a model that wants to stop does not end the measurement. */
export async function measureMemory(model: LanguageModel, options: Options): Promise<MemoryPoint[]> {
  const { after, generated, every, signal, onProgress } = options;
  const work = { priority: Priority.Completion, signal };
  const state = await model.create();
  const ids = someIds(model, after + generated);
  await model.read(state, ids.slice(0, after), work);
  const points: MemoryPoint[] = [];
  const note = (count: number) =>
    points.push({
      generated: count,
      residentMB: process.memoryUsage.rss() / 1e6,
      statesMB: model.stateBytesHeld() / 1e6,
    });
  note(0);
  for (let i = 0; i < generated; i++) {
    throwIfAborted(signal);
    for await (const _ of model.decode(state, [ids[after + i]!], { ...work, maxTokens: 1 })) break;
    if ((i + 1) % every === 0) {
      note(i + 1);
      onProgress?.('generating', i + 1, generated);
    }
  }
  model.release(state);
  return points;
}
