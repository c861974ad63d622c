import type { ConfigReader } from './config';

/**
 * What tells a family whose authors' own config names no `model_type`: keys that it has and others have not. The
 * configs are those of the repositories that the models were trained with.
 */
const signs: Record<string, (read: ConfigReader) => boolean> = {
  // https://github.com/state-spaces/mamba
  mamba: (read) => read.has('d_model') && read.has('n_layer') && read.has('ssm_cfg'),
  // https://github.com/HazyResearch/based
  based: (read) => read.has('alt_mixer') && read.has('alt_mixer_layers'),
  // https://github.com/togethercomputer/stripedhyena, https://github.com/evo-design/evo
  stripedhyena: (read) => read.has('hyena_layer_idxs') && read.has('attn_layer_idxs'),
  // https://github.com/HazyResearch/safari, https://github.com/HazyResearch/zoology
  hyena: (read) =>
    nameIn(read, 'layer', '_name_') === 'hyena' || /\.Hyena$/.test(nameIn(read, 'sequence_mixer', 'name')),
  // https://github.com/HazyResearch/m2
  m2_bert: (read) => read.has('monarch_mixer_sequence_mixing'),
};

function nameIn(read: ConfigReader, section: string, key: string): string {
  const value = (read.raw(section) as Record<string, unknown> | null | undefined)?.[key];
  return typeof value === 'string' ? value : '';
}

export function familyBySigns(read: ConfigReader): string | undefined {
  return Object.keys(signs).find((family) => signs[family]!(read));
}
