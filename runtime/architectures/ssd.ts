import type { SsdMixer } from '../graph/mixers/ssd';
import { UserError } from '../protocol/errors';
import type { ConfigReader } from './config';

/** The Mamba-2 mixer of hybrids, from the keys that begin with `mamba_`; by the prefix of its tensors. */
export function readSsd(read: ConfigReader, normed: boolean): (prefix: string) => SsdMixer {
  const heads = read.count('mamba_n_heads');
  const inner = read.has('mamba_d_ssm')
    ? read.count('mamba_d_ssm')
    : Math.trunc(read.positive('mamba_expand') * read.count('hidden_size'));
  const headSize = read.raw('mamba_d_head') === 'auto' ? inner / heads : read.count('mamba_d_head');
  const groups = read.count('mamba_n_groups');
  if (heads * headSize !== inner || heads % groups !== 0)
    throw new UserError(
      `config.json: ${heads} mamba heads of ${headSize} in ${groups} groups must together have ${inner} channels, in ` +
        'groups of as many heads. Download the model again, or correct the file.',
    );
  const stateSize = read.count('mamba_d_state');
  const convolution = read.count('mamba_d_conv', 64);
  const biased = read.flag('mamba_proj_bias', false);
  const convolutionBiased = read.flag('mamba_conv_bias', true);
  const stepLimit = readStepLimit(read);
  const epsilon = read.positive('rms_norm_eps');
  return (prefix) => ({
    kind: 'ssd',
    heads,
    headSize,
    stateSize,
    groups,
    convolution,
    stepLimit,
    epsilon,
    weights: ssdWeights(prefix, { biased, convolutionBiased, normed }),
  });
}

/** Names of the tensors, which all that have this mixer share. */
export function ssdWeights(
  prefix: string,
  has: { biased: boolean; convolutionBiased: boolean; normed: boolean },
): SsdMixer['weights'] {
  const name = (part: string) => `${prefix}.${part}`;
  return {
    inProjection: name('in_proj.weight'),
    inProjectionBias: has.biased ? name('in_proj.bias') : undefined,
    convolution: name('conv1d.weight'),
    convolutionBias: has.convolutionBiased ? name('conv1d.bias') : undefined,
    dtBias: name('dt_bias'),
    aLog: name('A_log'),
    d: name('D'),
    norm: has.normed ? name('norm.weight') : undefined,
    outProjection: name('out_proj.weight'),
    outProjectionBias: has.biased ? name('out_proj.bias') : undefined,
  };
}

/** Softplus gives nothing below 0: limits that cut nothing off are none. */
export function readStepLimit(read: ConfigReader): SsdMixer['stepLimit'] {
  const limit = read.range('time_step_limit');
  return limit && (limit.low > 0 || limit.high < Infinity) ? limit : undefined;
}
