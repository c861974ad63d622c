import { Priority, type ModelState } from '../../../runtime/inference/language-model';
import { loadLanguageModel } from '../../../runtime/inference/load';
import type { Precision } from '../../../runtime/graph/precision';
import { prepareQuantisedModel } from '../../../runtime/models/random-model';
import { Checkpoints } from '../../../runtime/state/checkpoints';
import type { BenchEngine } from './engine';

const work = { priority: Priority.Completion };

/** As in the editor: at this distance while a text is read for the first time. */
const checkpointTokens = 512;

export async function longview(
  model: string,
  cacheFolder: string,
  precision: Precision,
  threads: number,
): Promise<BenchEngine> {
  const engine = await loadLanguageModel({
    folder: model,
    prepare: prepareQuantisedModel,
    cacheFolder,
    precision,
    threads,
  });
  const checkpoints = new Checkpoints(engine, 1 << 30);
  let state: ModelState | undefined;
  const one = async (from: ModelState, id: number): Promise<number> => {
    for await (const token of engine.decode(from, [id], { ...work, maxTokens: 1 })) return token.id;
    throw new Error('The model gave no token');
  };
  return {
    name: `longview ${precision}`,
    async read(ids) {
      if (state) engine.release(state);
      state = await engine.create();
      await engine.read(state, ids, work);
    },
    step: (id) => one(state!, id),
    async next(ids) {
      const last = ids.length - 1;
      const keepAt: number[] = [];
      for (let at = checkpointTokens; at < last; at += checkpointTokens) keepAt.push(at);
      const resumed = await checkpoints.resume('', ids.slice(0, last), { at: [...keepAt, last] }, work);
      await one(resumed.state, ids[last]!);
      engine.release(resumed.state);
    },
    close: () => engine.dispose(),
  };
}
