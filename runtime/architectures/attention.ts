import type { Rope } from '../graph/rope';
import { UserError } from '../protocol/errors';
import type { ConfigReader } from './config';
import { readYarn } from './yarn';

/** Heads as Hugging Face's configs give them. */
export function readHeads(read: ConfigReader, width: number) {
  const heads = read.count('num_attention_heads');
  const keyValueHeads = read.has('num_key_value_heads') ? read.count('num_key_value_heads') : heads;
  const headSize = read.has('head_dim') ? read.count('head_dim') : width / heads;
  if (heads % keyValueHeads !== 0 || headSize % 2 !== 0)
    throw new UserError(
      `config.json: attention has ${heads} heads for ${keyValueHeads} key heads of size ${headSize}; the first must be ` +
        'a multiple of the second, and the size even. Download the model again, or correct the file.',
    );
  return { heads, keyValueHeads, headSize };
}

/** Rotary positions, from `rope_parameters` as transformers writes them since version 5, or from the keys of before. */
export function readRope(
  read: ConfigReader,
  headSize: number,
  usual: { theta?: number; share?: number } = {},
): Rope {
  const gathered = read.has('rope_parameters') ? read.section('rope_parameters') : undefined;
  const scaling = gathered ?? (read.has('rope_scaling') ? read.section('rope_scaling') : undefined);
  const holder = (key: string) => [gathered, read].find((section) => section?.has(key));
  const share = holder('partial_rotary_factor')?.positive('partial_rotary_factor') ?? usual.share ?? 1;
  const size = Math.trunc(headSize * share);
  if (size > headSize || size < 2 || size % 2 !== 0)
    throw new UserError(
      `config.json: "partial_rotary_factor" is ${share}, which rotates ${size} of ${headSize} elements: it must be an ` +
        'even part of them. Download the model again, or correct the file.',
    );
  const theta = holder('rope_theta')?.positive('rope_theta') ?? usual.theta ?? 10_000;
  const rope = { theta, size, ...(scaling && readScaling(scaling, read, { theta, size })) };
  if (rope.amplitude !== undefined && size < headSize)
    throw new UserError(
      `config.json: of ${headSize} elements of a head ${size} are rotated and multiplied by ${rope.amplitude}, which this runtime ` +
        'computes for whole heads alone. Use a model that rotates whole heads.',
    );
  return rope;
}

function readScaling(
  read: ConfigReader,
  config: ConfigReader,
  rope: Rope,
): Pick<Rope, 'scaling' | 'amplitude'> {
  const kind = read.raw('rope_type') ?? read.raw('type') ?? 'default';
  switch (kind) {
    case 'default':
      return {};
    case 'dynamic':
      // Up to the length that the model was trained on it changes nothing, and keys that were rotated cannot be turned on.
      read.positive('factor');
      return {};
    case 'linear':
      return { scaling: { kind: 'linear', factor: read.positive('factor') } };
    case 'yarn':
      return readYarn(read, config, rope);
    case 'llama3':
      return {
        scaling: {
          kind: 'llama3',
          factor: read.positive('factor'),
          lowFrequencyFactor: read.positive('low_freq_factor'),
          highFrequencyFactor: read.positive('high_freq_factor'),
          originalContext: read.count('original_max_position_embeddings'),
        },
      };
    default:
      throw new UserError(
        `config.json: rotary positions are scaled as ${JSON.stringify(kind)}, which this runtime does not compute. ` +
          'It computes: default, dynamic, linear, llama3, yarn. Use a model with one of them.',
      );
  }
}
