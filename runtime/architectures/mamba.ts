import type { Layer, ModelDescription } from '../graph/layers';
import type { SelectiveScanMixer } from '../graph/mixers/selective-scan';
import { ConfigReader } from './config';

type Shape = Omit<SelectiveScanMixer, 'kind' | 'weights'>;

/** `mamba` as Hugging Face stores it, or as its authors do (https://github.com/state-spaces/mamba). */
export function mamba(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  return !read.has('d_model') ? huggingFace('mamba', read) : original(read);
}

/** `falcon_mamba`: Mamba with a norm on B, C and the step. */
export function falconMamba(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  return huggingFace('falcon_mamba', read, { stepNormEpsilon: read.positive('mixer_rms_eps') });
}

function huggingFace(family: string, read: ConfigReader, extra: Partial<Shape> = {}): ModelDescription {
  read.exactly('hidden_act', 'silu');
  const width = read.count('hidden_size');
  const epsilon = read.positive('layer_norm_epsilon');
  const biased = read.flag('use_bias', false);
  const convolutionBiased = read.flag('use_conv_bias', true);
  const shape = {
    inner: !read.has('intermediate_size')
      ? Math.trunc(read.positive('expand') * width)
      : read.count('intermediate_size'),
    stateSize: read.count('state_size'),
    rank: rankOf(read, 'time_step_rank', width),
    convolution: read.count('conv_kernel', 64),
    ...extra,
  };
  return {
    family,
    vocabulary: read.count('vocab_size'),
    width,
    embedding: 'backbone.embeddings.weight',
    ...(read.flag('tie_word_embeddings', true) ? {} : { head: 'lm_head.weight' }),
    layers: layers(read.count('num_hidden_layers', 1000), shape, epsilon, { biased, convolutionBiased }),
    finalNorm: { weight: 'backbone.norm_f.weight', epsilon },
  };
}

function original(read: ConfigReader): ModelDescription {
  read.exactly('rms_norm', true);
  // Of Jamba's and Mamba-2's kind of hybrids none is read here.
  for (const key of ['attn_layer_idx', 'attn_cfg']) read.empty(key);
  read.exactly('d_intermediate', 0);
  const ssm = !read.has('ssm_cfg') ? ConfigReader.of({}) : read.section('ssm_cfg');
  ssm.exactly('layer', 'Mamba1');
  const width = read.count('d_model');
  const shape = {
    inner: ssm.countOr('expand', 2) * width,
    stateSize: ssm.countOr('d_state', 16),
    rank: rankOf(ssm, 'dt_rank', width),
    convolution: ssm.countOr('d_conv', 4),
  };
  const named = { biased: ssm.flag('bias', false), convolutionBiased: ssm.flag('conv_bias', true) };
  // The authors' norm takes no other.
  const epsilon = 1e-5;
  const multiple = read.countOr('pad_vocab_size_multiple', 8);
  return {
    family: 'mamba',
    vocabulary: Math.ceil(read.count('vocab_size') / multiple) * multiple,
    width,
    embedding: 'backbone.embedding.weight',
    ...(read.flag('tie_embeddings', true) ? {} : { head: 'lm_head.weight' }),
    layers: layers(read.count('n_layer', 1000), shape, epsilon, named),
    finalNorm: { weight: 'backbone.norm_f.weight', epsilon },
  };
}

function rankOf(read: ConfigReader, key: string, width: number): number {
  const usual = Math.ceil(width / 16);
  return read.raw(key) === 'auto' ? usual : read.countOr(key, usual);
}

function layers(
  count: number,
  shape: Shape,
  epsilon: number,
  { biased, convolutionBiased }: { biased: boolean; convolutionBiased: boolean },
): Layer[] {
  return Array.from({ length: count }, (_, index) => {
    const prefix = `backbone.layers.${index}`;
    const name = (part: string) => `${prefix}.mixer.${part}`;
    return {
      mixerNorm: { weight: `${prefix}.norm.weight`, epsilon },
      mixer: {
        kind: 'selective_scan',
        ...shape,
        weights: {
          inProjection: name('in_proj.weight'),
          inProjectionBias: biased ? name('in_proj.bias') : undefined,
          convolution: name('conv1d.weight'),
          convolutionBias: convolutionBiased ? name('conv1d.bias') : undefined,
          xProjection: name('x_proj.weight'),
          dtProjection: name('dt_proj.weight'),
          dtBias: name('dt_proj.bias'),
          aLog: name('A_log'),
          d: name('D'),
          outProjection: name('out_proj.weight'),
          outProjectionBias: biased ? name('out_proj.bias') : undefined,
        },
      },
    };
  });
}
