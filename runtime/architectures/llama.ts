import type { ModelDescription } from '../graph/layers';
import { readHeads, readRope } from './attention';
import { ConfigReader } from './config';
import { transformer } from './transformer';

/** `llama` as Hugging Face stores it: attention over everything, and a gated linear unit, in every layer. */
export function llama(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  const shape = readHeads(read, read.count('hidden_size'));
  const rope = readRope(read, shape.headSize);
  const biased = read.flag('attention_bias', false);
  return transformer('llama', read, () => ({
    shape: { ...shape, window: Infinity, rope },
    biases: { input: biased, output: biased },
  }));
}
