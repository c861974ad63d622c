import { availableParallelism } from 'node:os';
import type { Precision } from '../graph/precision';
import { prepareModel, type ReadyModel } from '../models/model-folder';
import type { Backend, BackendOptions } from './backend';
import type { ModelInfo } from './language-model';
import { LocalBackend } from './local-backend';
import { LocalLanguageModel } from './local-language-model';
import { immediateScheduler, type BlockScheduler } from './scheduling';
import { StateLedger } from './state-ledger';
import { createTokenizer } from './tokenizer';
import { WorkerBackend } from './worker-backend';

export interface LoadOptions {
  /** Model folder. */
  folder: string;
  /** For compiled models and remembered checksums; made when absent. */
  cacheFolder: string;
  precision?: Precision;
  provider?: 'cpu';
  /** 0 or absent = half the cores. */
  threads?: number;
  /** Absent = each block runs at once. */
  scheduler?: BlockScheduler;
  /** The bundled inference worker; absent = the model runs in this thread, and blocks it. */
  workerPath?: string;
  onLog?: (message: string) => void;
}

/** @throws UserError where the model's files are missing, damaged or unknown, or where no runtime exists for the platform */
export async function loadLanguageModel(options: LoadOptions): Promise<LocalLanguageModel> {
  const started = performance.now();
  const { folder, cacheFolder, precision, onLog, scheduler = immediateScheduler } = options;
  const ready = await prepareModel({ folder, cacheFolder, precision, onLog });
  const { graphPath, states, key } = ready;
  const threads = options.threads || Math.max(1, Math.floor(availableParallelism() / 2));
  const opening = openBackend(options.workerPath, { graphPath, states, key, threads });
  // The worker loads the graph while this thread builds the tokeniser.
  const made = Promise.resolve().then(() =>
    createTokenizer(ready.tokenizer, ready.manifest.newlinesStartTokens),
  );
  const [backend, tokenizer] = await Promise.all([opening, made]);
  const { vocabulary } = ready.description;
  const ledger = new StateLedger(states, vocabulary);
  const info = modelInfo(ready, ledger.fullStateBytes, performance.now() - started);
  return new LocalLanguageModel({ info, tokenizer, backend, scheduler, ledger, vocabulary });
}

function openBackend(workerPath: string | undefined, options: BackendOptions): Promise<Backend> {
  return workerPath === undefined ? LocalBackend.open(options) : WorkerBackend.open(workerPath, options);
}

function modelInfo(ready: ReadyModel, stateBytes: number, loadMs: number): ModelInfo {
  const { manifest, description, folder, precision, weightBytes } = ready;
  return {
    name: manifest.name,
    folder,
    family: description.family,
    precision,
    provider: 'cpu',
    languages: manifest.languages,
    special: manifest.specialTokens,
    stop: manifest.stop,
    usefulContext: manifest.usefulContext,
    maxSuffixTokens: manifest.maxSuffixTokens,
    maxNearTokens: manifest.maxNearTokens,
    stateBytes,
    weightBytes,
    loadMs,
  };
}
