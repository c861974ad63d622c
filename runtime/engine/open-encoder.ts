import type { BlockScheduler } from '../inference/scheduling';
import { loadTextEncoder } from '../inference/text-encoder';
import { compiledWeights } from '../models/compiled-cache';
import { encoderKey } from '../models/encoder-folder';
import { EncoderHost, type EncoderHostOptions } from './encoder-host';
import { requireRoom } from './memory';
import type { ModelChoice } from './model-hosts';

export interface EncoderParts extends Pick<EncoderHostOptions, 'quiet' | 'idleMs' | 'log' | 'onWork'> {
  cacheFolder: string;
  workerPath: string | undefined;
  scheduler: BlockScheduler;
  /** MB, of now. */
  memoryLimit: () => number;
  /** Whoever wants its vectors next wants the encoder first. */
  onGone: (host: EncoderHost) => void;
}

/** The encoder that was chosen, loaded when it is needed and where memory has room for it. */
export function openEncoder(
  { name, folder, precision, threads }: ModelChoice,
  parts: EncoderParts,
): EncoderHost {
  const { cacheFolder, workerPath, scheduler, memoryLimit, onGone, ...rest } = parts;
  const files = { folder, cacheFolder, precision };
  const host: EncoderHost = new EncoderHost({
    ...rest,
    name,
    folder,
    key: () => encoderKey(files),
    load: async (signal) => {
      const weights = await compiledWeights(folder, cacheFolder, precision);
      if (weights) requireRoom(name, weights.bytes, memoryLimit());
      const onLog = (message: string) => rest.log.info(message);
      return loadTextEncoder({ ...files, threads, scheduler, workerPath, signal, onLog });
    },
    onChange: (state) => {
      if (state !== 'ready') onGone(host);
    },
  });
  return host;
}
