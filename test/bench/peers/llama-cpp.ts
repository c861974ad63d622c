import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchEngine } from './engine';
import type { Quant } from './mamba2-gguf';

/** What is used of node-llama-cpp, which is installed for the benchmark alone. */
interface Module {
  getLlama(
    options: object,
  ): Promise<{ loadModel(options: object): Promise<Model>; dispose(): Promise<void> }>;
}
interface Model {
  createContext(options: object): Promise<{ getSequence(options: object): Sequence }>;
}
interface Sequence {
  nextTokenIndex: number;
  takeCheckpoint(): Promise<void>;
  clearHistory(): Promise<void>;
  adaptStateToTokens(ids: readonly number[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(ids: readonly number[]): Promise<void>;
  evaluate(ids: readonly number[], options: object): AsyncGenerator<number>;
}

/** Checkpoints are only taken between calls: fed in pieces, it keeps one after each. */
const pieceTokens = 256;

export async function llamaCpp(file: string, quant: Quant, threads: number): Promise<BenchEngine> {
  const entry = createRequire(path.join(import.meta.dirname, 'package.json')).resolve('node-llama-cpp');
  const { getLlama } = (await import(pathToFileURL(entry).href)) as Module;
  const llama = await getLlama({ build: 'never', gpu: false, logLevel: 'error', maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const context = await model.createContext({ threads, contextSize: 1 << 15, batchSize: 512, sequences: 1 });
  const sequence = context.getSequence({ checkpoints: { interval: pieceTokens, max: 256 } });
  const step = async (ids: readonly number[]): Promise<number> => {
    for await (const token of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) return token;
    throw new Error('llama.cpp gave no token');
  };
  return {
    name: `llama.cpp ${quant}`,
    async read(ids) {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens(ids);
    },
    step: (id) => step([id]),
    async next(ids) {
      const last = ids.length - 1;
      await sequence.adaptStateToTokens(ids.slice(0, last), false);
      for (let at = sequence.nextTokenIndex; at < last; at += pieceTokens)
        await sequence.evaluateWithoutGeneratingNewTokens(ids.slice(at, Math.min(last, at + pieceTokens)));
      await sequence.takeCheckpoint();
      await step(ids.slice(last));
    },
    close: () => llama.dispose(),
  };
}
