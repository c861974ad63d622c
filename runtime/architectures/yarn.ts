import type { Rope } from '../graph/rope';
import type { ConfigReader } from './config';

/**
 * YaRN (https://arxiv.org/abs/2309.00071) as transformers reads it: what turns more than `beta_fast` times in the context that
 * the model was trained on keeps its speed, what turns less than `beta_slow` times is slowed down by `factor`, and attention is
 * sharpened a little.
 */
export function readYarn(
  read: ConfigReader,
  config: ConfigReader,
  { theta, size }: Rope,
): Pick<Rope, 'scaling' | 'amplitude'> {
  const holder = read.has('original_max_position_embeddings') ? read : undefined;
  const context = holder
    ? holder.count('original_max_position_embeddings')
    : config.count('max_position_embeddings');
  const factor =
    holder && !read.has('factor')
      ? config.count('max_position_embeddings') / context
      : read.positive('factor');
  const or = (key: string, fallback: number) => (read.has(key) ? read.positive(key) : fallback);
  /** The pair of elements that turns so many times. */
  const pairOf = (turns: number) =>
    (size * Math.log(context / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = read.flag('truncate', true);
  const [fast, slow] = [pairOf(or('beta_fast', 32)), pairOf(or('beta_slow', 1))];
  const first = Math.max(whole ? Math.floor(fast) : fast, 0);
  const last = Math.min(whole ? Math.ceil(slow) : slow, size - 1);
  const amplitude = or('attention_factor', sharpness(read, factor));
  return {
    scaling: { kind: 'yarn', factor, first, last: first === last ? last + 0.001 : last },
    ...(amplitude !== 1 && { amplitude }),
  };
}

/** What queries and keys are multiplied by where the config does not say so itself. */
function sharpness(read: ConfigReader, factor: number): number {
  const by = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const both = read.has('mscale') && read.has('mscale_all_dim');
  return both ? by(read.positive('mscale')) / by(read.positive('mscale_all_dim')) : by(1);
}
