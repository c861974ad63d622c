import type { ConfigReader } from './config';

/**
 * What tells a family whose authors' own config names no `model_type`: keys that it has and others have not. The
 * configs are those of the repositories that the models were trained with.
 */
const signs: Record<string, (read: ConfigReader) => boolean> = {
  // https://github.com/state-spaces/mamba
  mamba: (read) => !read.isAbsent('d_model') && !read.isAbsent('n_layer') && !read.isAbsent('ssm_cfg'),
  // https://github.com/HazyResearch/based
  based: (read) => !read.isAbsent('alt_mixer') && !read.isAbsent('alt_mixer_layers'),
};

export function familyBySigns(read: ConfigReader): string | undefined {
  return Object.keys(signs).find((family) => signs[family]!(read));
}
