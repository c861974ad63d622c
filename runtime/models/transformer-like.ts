import { describedTensors } from '../architectures';
import type { ModelDescription } from '../graph/layers';
import { elementCount } from '../graph/stored-tensors';

/** Parameters that a layer of this width usually has, in squares of the width: four of attention, eight of the gated unit. */
const squares = 12;
const headSizes = [64, 32, 16, 8, 4, 2];
/** What int4's blocks divide, so that both are stored in the same ones; of tiny models every number will do. */
const innerStep = 32;

/**
 * config.json of a Llama that reads the same tokens, is as wide, and has as many parameters: as many usual layers as come
 * nearest, their gated units fitted to what is left.
 */
export function transformerLike(other: ModelDescription): object {
  const { width, vocabulary, head } = other;
  const all = [...describedTensors(other).values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const ends = width * vocabulary * (head === undefined ? 1 : 2);
  const layers = Math.max(1, Math.round((all - ends) / (squares * width ** 2)));
  const inner = ((all - ends) / layers - 4 * width ** 2) / (3 * width);
  return {
    model_type: 'llama',
    vocab_size: vocabulary,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: width / (headSizes.find((size) => width % size === 0) ?? width),
    intermediate_size: Math.max(innerStep, innerStep * Math.round(inner / innerStep)),
    rms_norm_eps: 1e-5,
    tie_word_embeddings: head === undefined,
  };
}
