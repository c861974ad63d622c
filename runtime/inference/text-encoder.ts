import path from 'node:path';
import { readModelJson } from '../models/manifest';
import type { PrepareOptions } from '../models/compiled-cache';
import { encoderKey, prepareEncoder } from '../models/encoder-folder';
import { Encoder } from './encoder';
import type { WorkOptions } from './language-model';
import { immediateScheduler, type BlockScheduler } from './scheduling';
import { createTextTokenizer } from './tokenizer';
import { WorkerEncoder } from './worker-encoder';

/** Texts in, vectors out: any model that places texts which mean the same close to each other. */
export interface TextEncoder {
  /** Shown to users. */
  readonly name: string;
  /**
   * Names all that its vectors depend on: those made under another key do not compare.
   * @throws UserError where the encoder is not there, or none
   */
  key(): Promise<string>;
  /** One vector for each text, all of one length; what is too long for the model is cut. */
  encode(texts: readonly string[], options: WorkOptions): Promise<Float32Array[]>;
}

/** A text's place among those of one encoder. */
export interface TextVector {
  /** Key of the encoder. */
  encoder: string;
  /** [width] */
  values: Float32Array;
}

export interface LoadedTextEncoder extends TextEncoder {
  close(): Promise<void>;
}

export interface TextEncoderOptions extends PrepareOptions {
  /** Default: 1. */
  threads?: number;
  /** Absent = each text is encoded at once. */
  scheduler?: BlockScheduler;
  /** The bundled inference worker; absent = the encoder runs in this thread, and blocks it. */
  workerPath?: string;
}

/**
 * The encoder of a folder: config.json, tokenizer.json, weights.
 * @throws UserError where one of them is missing, damaged, or not an encoder's
 */
export async function loadTextEncoder(options: TextEncoderOptions): Promise<LoadedTextEncoder> {
  const { folder, threads = 1, scheduler = immediateScheduler, workerPath } = options;
  const tokens = createTextTokenizer(readModelJson(folder, 'tokenizer.json'));
  const key = await encoderKey(options);
  const prepared = { ...(await prepareEncoder(options)), threads };
  const encoder = workerPath ? await WorkerEncoder.open(workerPath, prepared) : await Encoder.open(prepared);
  const { length } = prepared.description;
  return {
    name: path.basename(folder),
    key: () => Promise.resolve(key),
    async encode(texts, work) {
      const vectors: Float32Array[] = [];
      // One at a time: each is padded to the model's length, so that a run of several takes as much longer.
      for (const text of texts) {
        const ids = cut(tokens(text), length);
        const encoded = await scheduler.run({ ...work, aside: true }, () => encoder.encode([ids]));
        vectors.push(...encoded.vectors);
      }
      return vectors;
    },
    close: () => encoder.close(),
  };
}

/** Ends with the same token as before, which says that the text is over. */
function cut(ids: readonly number[], length: number): readonly number[] {
  return ids.length <= length ? ids : [...ids.slice(0, length - 1), ids.at(-1)!];
}
