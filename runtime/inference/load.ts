import { availableParallelism } from 'node:os';
import { setImmediate as rest } from 'node:timers/promises';
import { blocks, blockTokens } from '../graph/blocks';
import type { Provider } from '../graph/context';
import type { Precision } from '../graph/precision';
import { growthBytes } from '../graph/states';
import { isAdapterError, messageOf } from '../protocol/errors';
import type { PrepareOptions } from '../models/compiled-cache';
import { prepareModel, type ReadyModel } from '../models/model-folder';
import type { Backend, BackendOptions } from './backend';
import type { ModelInfo, Tokenizer } from './language-model';
import { DeviceLedger } from './device-ledger';
import { openBackend } from './open-backend';
import { LocalLanguageModel, type LocalLanguageModelParts } from './local-language-model';
import { openingDevice } from './load-device';
import { immediateScheduler, type BlockScheduler } from './scheduling';
import type { ExecutionProvider } from './session';
import { StateLedger } from './state-ledger';
import { createTokenizer, missingTokenizer } from './tokenizer';
import { WorkerBackend } from './worker-backend';

export interface LoadOptions {
  /** Model folder, or whatever name `prepare` takes. */
  folder: string;
  /** Absent = a model folder with all that the jobs need. */
  prepare?: (options: PrepareOptions) => Promise<ReadyModel>;
  /** For compiled models and remembered checksums; made when absent. */
  cacheFolder: string;
  precision?: Precision;
  /** Absent = cpu. `mixed`: the CPU, and the GPU reads long texts; it is opened by the first of them. */
  provider?: Provider | 'mixed';
  /** What runs the graphs that were built for the provider: itself where absent. For probing. */
  runOn?: ExecutionProvider;
  /** Where the provider cannot be used, the CPU is taken, and `info.fallback` says why; else that fails. */
  fallBack?: boolean;
  /** Why the GPU, which was asked for, is not to be tried: the CPU is taken. */
  gpuFailed?: string;
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
  const { provider = 'cpu', fallBack, gpuFailed } = options;
  if (gpuFailed !== undefined) return loadOn({ provider: 'cpu', fallback: gpuFailed }, options);
  try {
    return await loadOn({ provider }, options);
  } catch (error) {
    if (!fallBack || !isAdapterError(error)) throw error;
    return loadOn({ provider: 'cpu', fallback: messageOf(error) }, options);
  }
}

type Place = Pick<ModelInfo, 'fallback'> & { provider: NonNullable<LoadOptions['provider']> };

async function loadOn(place: Place, options: LoadOptions): Promise<LocalLanguageModel> {
  const mixed = place.provider === 'mixed';
  const provider = place.provider === 'webgpu' ? 'webgpu' : 'cpu';
  const started = performance.now();
  const { folder, cacheFolder, precision, onLog, prepare = prepareModel } = options;
  const { scheduler = immediateScheduler } = options;
  const threads = options.threads || Math.max(1, Math.floor(availableParallelism() / 2));
  // The worker starts and loads onnxruntime while this thread checks the model's files, and loads the graph while it
  // builds the tokeniser and compares checksums. So it comes first: the files keep this thread for a tenth of a second.
  const preparing = Promise.resolve().then(() =>
    prepare({ folder, cacheFolder, precision, provider, onLog }),
  );
  const opening = openIn(
    options.workerPath,
    preparing.then((ready) => ({
      ...backendPart(ready),
      provider: options.runOn ?? provider,
      threads,
      mixed,
    })),
  );
  try {
    const ready = await preparing;
    // The worker is told before this thread is busy again.
    await rest();
    const tokenizer = tokenizerOf(ready);
    const [backend] = await Promise.all([opening, ready.verified]);
    const device = mixed && openingDevice(options, ready.precision, backend);
    return assemble(ready, backend, { tokenizer, scheduler, onLog, ...device }, place, started);
  } catch (error) {
    await opening.then(
      (backend) => backend.close(),
      () => undefined,
    );
    throw error;
  }
}

function tokenizerOf({ tokenizer, manifest, description }: ReadyModel): Tokenizer {
  return tokenizer === undefined
    ? missingTokenizer(manifest.name, description.vocabulary)
    : createTokenizer(tokenizer, manifest.cut);
}

function backendPart({ graphPath, states, key, precision }: ReadyModel) {
  return { graphPath, states, key, precision };
}

function assemble(
  ready: ReadyModel,
  backend: Backend,
  parts: Pick<LocalLanguageModelParts, 'tokenizer' | 'scheduler' | 'openDevice' | 'onLog'>,
  place: Place,
  started: number,
): LocalLanguageModel {
  const { states, description } = ready;
  const { vocabulary } = description;
  const ledger = states.onDevice ? new DeviceLedger(states, vocabulary) : new StateLedger(states, vocabulary);
  const info = modelInfo(
    ready,
    place,
    ledger.fullStateBytes(ready.manifest.usefulContext),
    performance.now() - started,
  );
  const sizes = { vocabulary, blockTokens: blockTokens(states) };
  return new LocalLanguageModel({ info, backend, ledger, ...sizes, ...parts });
}

async function openIn(workerPath: string | undefined, options: Promise<BackendOptions>): Promise<Backend> {
  return workerPath === undefined ? openBackend(await options) : WorkerBackend.open(workerPath, options);
}

function modelInfo(ready: ReadyModel, place: Place, stateBytes: number, loadMs: number): ModelInfo {
  const { manifest, description, folder, precision, weightBytes, key } = ready;
  return {
    name: manifest.name,
    folder,
    family: description.family,
    precision,
    ...place,
    languages: manifest.languages,
    special: manifest.specialTokens,
    prompt: manifest.prompt,
    cut: manifest.cut ?? 'before-newlines',
    stop: manifest.stop,
    usefulContext: manifest.usefulContext,
    maxSuffixTokens: manifest.maxSuffixTokens,
    maxNearTokens: manifest.maxNearTokens,
    // How long its blocks are the GPU says once it is open; until then a long text must look like one.
    blockTokens: place.provider === 'mixed' ? blocks.longest : blockTokens(ready.states),
    stateBytes,
    growthBytes: growthBytes(ready.states),
    weightBytes,
    loadMs,
    stateKey: key,
  };
}
