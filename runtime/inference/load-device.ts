import { blockTokens } from '../graph/blocks';
import { besideCpu, type Precision } from '../graph/precision';
import { prepareModel } from '../models/model-folder';
import { throwIfAborted } from '../protocol/errors';
import type { Backend } from './backend';
import type { LoadOptions } from './load';
import type { LocalLanguageModelParts, OpenedDevice } from './local-language-model';

/** How a model that runs on the CPU gets the GPU beside it: its form for that is compiled then, and kept like any other. */
export function openingDevice(
  { folder, cacheFolder, prepare = prepareModel, onLog }: LoadOptions,
  precision: Precision,
  backend: Backend,
): Pick<LocalLanguageModelParts, 'openDevice'> {
  const provider = 'webgpu';
  const openDevice = async (signal: AbortSignal): Promise<OpenedDevice> => {
    const asked = { folder, cacheFolder, precision: besideCpu(precision), provider, onLog, signal } as const;
    const { states, graphPath, key, precision: there, weightBytes, verified } = await prepare(asked);
    await verified;
    throwIfAborted(signal);
    await backend.openDevice!({ graphPath, states, key, precision: there, provider, threads: 1 });
    return { longest: blockTokens(states), states, weightBytes };
  };
  return { openDevice };
}
