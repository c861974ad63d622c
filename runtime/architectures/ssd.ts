import type { SsdMixer } from '../graph/mixers/ssd';
import { UserError } from '../protocol/errors';
import type { ConfigReader } from './config';

/** What a config calls a Mamba-2 mixer's sizes and biases. */
export interface SsdKeys {
  heads: string;
  headSize: string;
  groups: string;
  stateSize: string;
  convolution: string;
  biased: string;
  convolutionBiased: string;
}

/** Of models that have nothing else. */
export const mamba2Keys: SsdKeys = {
  heads: 'num_heads',
  headSize: 'head_dim',
  groups: 'n_groups',
  stateSize: 'state_size',
  convolution: 'conv_kernel',
  biased: 'use_bias',
  convolutionBiased: 'use_conv_bias',
};

/** Of hybrids. */
const hybridKeys: SsdKeys = {
  heads: 'mamba_n_heads',
  headSize: 'mamba_d_head',
  groups: 'mamba_n_groups',
  stateSize: 'mamba_d_state',
  convolution: 'mamba_d_conv',
  biased: 'mamba_proj_bias',
  convolutionBiased: 'mamba_conv_bias',
};

/** The Mamba-2 mixer of hybrids, from the keys that begin with `mamba_`; by the prefix of its tensors. */
export function readHybridSsd(read: ConfigReader, normed: boolean): (prefix: string) => SsdMixer {
  const inner = read.has('mamba_d_ssm')
    ? read.count('mamba_d_ssm')
    : Math.trunc(read.positive('mamba_expand') * read.count('hidden_size'));
  return readSsd(read, hybridKeys, { inner, epsilon: read.positive('rms_norm_eps'), normed });
}

/** The mixer by the prefix of its tensors, which all that have it call the same. */
export function readSsd(
  read: ConfigReader,
  keys: SsdKeys,
  { inner, epsilon, normed }: { inner: number; epsilon: number; normed: boolean },
): (prefix: string) => SsdMixer {
  const heads = read.count(keys.heads);
  const headSize = read.raw(keys.headSize) === 'auto' ? inner / heads : read.count(keys.headSize);
  if (heads * headSize !== inner)
    throw new UserError(
      `config.json: ${heads} heads of ${headSize} ("${keys.heads}", "${keys.headSize}") must together have ${inner} ` +
        'channels. Download the model again, or correct the file.',
    );
  const groups = read.count(keys.groups);
  if (heads % groups !== 0)
    throw new UserError(
      `config.json: "${keys.heads}" is ${heads}, but must be a multiple of "${keys.groups}" (${groups}). ` +
        'Download the model again, or correct the file.',
    );
  const biased = read.flag(keys.biased, false);
  const convolutionBiased = read.flag(keys.convolutionBiased, true);
  const sizes = {
    heads,
    headSize,
    stateSize: read.count(keys.stateSize),
    groups,
    convolution: read.count(keys.convolution, 64),
    stepLimit: readStepLimit(read),
    epsilon,
  };
  return (prefix) => {
    const name = (part: string) => `${prefix}.${part}`;
    return {
      kind: 'ssd',
      ...sizes,
      weights: {
        inProjection: name('in_proj.weight'),
        inProjectionBias: biased ? name('in_proj.bias') : undefined,
        convolution: name('conv1d.weight'),
        convolutionBias: convolutionBiased ? name('conv1d.bias') : undefined,
        dtBias: name('dt_bias'),
        aLog: name('A_log'),
        d: name('D'),
        norm: normed ? name('norm.weight') : undefined,
        outProjection: name('out_proj.weight'),
        outProjectionBias: biased ? name('out_proj.bias') : undefined,
      },
    };
  };
}

/** Softplus gives nothing below 0: limits that cut nothing off are none. */
function readStepLimit(read: ConfigReader): SsdMixer['stepLimit'] {
  const limit = read.range('time_step_limit');
  return limit && (limit.low > 0 || limit.high < Infinity) ? limit : undefined;
}
