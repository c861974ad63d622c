/** What a state weighs, and how long it takes to disk and back. */
import { Priority, type LanguageModel } from '../inference/language-model';
import { throwIfAborted } from '../protocol/errors';
import type { StateStore } from '../state/state-store';
import { someIds } from './speed';

export interface SnapshotFigures {
  /** Tokens read. */
  tokens: number;
  /** Of the state in memory, where it shares nothing. */
  bytesHeld: number;
  /** Of its file. */
  bytesWritten: number;
  saveMs: number;
  loadMs: number;
}

interface Options {
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

export async function measureSnapshots(
  model: LanguageModel,
  store: StateStore,
  lengths: readonly number[],
  { signal, onProgress }: Options,
): Promise<SnapshotFigures[]> {
  const work = { priority: Priority.Completion, signal };
  const results: SnapshotFigures[] = [];
  for (const [i, tokens] of lengths.entries()) {
    throwIfAborted(signal);
    onProgress?.(`${tokens} tokens`, i, lengths.length);
    const ids = someIds(model, tokens);
    const state = await model.create();
    await model.read(state, ids, work);
    const bytesHeld = model.exclusiveBytes(state);
    const place = { scope: 'bench', ids: Int32Array.from(ids) };
    const before = store.bytes;
    const [, saveMs] = await timed(async () => store.save(place, await model.exportState(state, work)));
    const bytesWritten = store.bytes - before;
    model.release(state);
    const [loaded, loadMs] = await timed(async () => {
      const snapshot = await store.load(place);
      if (!snapshot) throw new Error('The state that was just saved is not there');
      return model.importState(snapshot, work);
    });
    model.release(loaded);
    await store.delete(place);
    results.push({ tokens, bytesHeld, bytesWritten, saveMs, loadMs });
  }
  return results;
}

async function timed<T>(job: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const result = await job();
  return [result, performance.now() - started];
}
