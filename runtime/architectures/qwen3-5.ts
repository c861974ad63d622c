import type { ModelDescription } from '../graph/layers';
import { ConfigReader } from './config';
import { gatedHybrid } from './gated-hybrid';
import { textConfig } from './text-config';
import { glu } from './transformer';

/** `qwen3_5_text` as Hugging Face stores it: gated delta nets, every few layers gated attention. */
export function qwen35Text(config: unknown): ModelDescription {
  return textPart(config, 'qwen3_5_text', 'model');
}

/** `qwen3_5`: the language model of one that sees images as well. Those have no part in it. */
export function qwen35(config: unknown): ModelDescription {
  ConfigReader.of(config).section('text_config');
  return textPart(textConfig(config), 'qwen3_5', 'model.language_model');
}

function textPart(config: unknown, family: string, model: string): ModelDescription {
  const read = ConfigReader.of(config);
  const inner = read.count('intermediate_size');
  const projections = (name: (part: string) => string) => ({
    qkv: name('in_proj_qkv.weight'),
    z: name('in_proj_z.weight'),
    b: name('in_proj_b.weight'),
    a: name('in_proj_a.weight'),
  });
  return gatedHybrid(family, read, projections, (prefix) => glu(prefix, inner), model);
}
