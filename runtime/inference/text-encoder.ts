import path from 'node:path';
import { readModelJson } from '../models/manifest';
import { prepareEncoder, type PrepareOptions } from '../models/model-folder';
import { Encoder } from './encoder';
import { createTextTokenizer } from './tokenizer';

/** Texts in, vectors out: any model that places texts which mean the same close to each other. */
export interface TextEncoder {
  /** Names model and weights: vectors of another name do not compare. */
  readonly name: string;
  /** Texts that are best given at once. */
  readonly batch: number;
  /** One vector for each text, all of one length; what is too long for the model is cut. */
  encode(texts: readonly string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Every text is padded to the model's length: more at once only take more memory. */
const BATCH = 8;

/**
 * The encoder of a folder: config.json, tokenizer.json, weights.
 * @throws UserError where one of them is missing, damaged, or not an encoder's
 */
export async function loadTextEncoder(options: PrepareOptions & { threads?: number }): Promise<TextEncoder> {
  const { folder, threads = 1 } = options;
  const tokens = createTextTokenizer(readModelJson(folder, 'tokenizer.json'));
  const { description, graphPath, key } = await prepareEncoder(options);
  const encoder = await Encoder.open(graphPath, description, { threads });
  const { length } = description;
  return {
    name: `${path.basename(folder)}@${key}`,
    batch: BATCH,
    async encode(texts) {
      const { vectors } = await encoder.encode(texts.map((text) => cut(tokens(text), length)));
      return vectors;
    },
    close: () => encoder.close(),
  };
}

/** Ends with the same token as before, which says that the text is over. */
function cut(ids: readonly number[], length: number): readonly number[] {
  return ids.length <= length ? ids : [...ids.slice(0, length - 1), ids.at(-1)!];
}
