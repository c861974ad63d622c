import type { ModelDescription } from '../graph/layers';
import { ConfigReader } from './config';
import { gatedHybrid } from './gated-hybrid';
import { glu } from './transformer';

/** `qwen3_5_text` as Hugging Face stores it: gated delta nets, every few layers gated attention. */
export function qwen35Text(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  const inner = read.count('intermediate_size');
  const projections = (name: (part: string) => string) => ({
    qkv: name('in_proj_qkv.weight'),
    z: name('in_proj_z.weight'),
    b: name('in_proj_b.weight'),
    a: name('in_proj_a.weight'),
  });
  return gatedHybrid('qwen3_5_text', read, projections, (prefix) => glu(prefix, inner));
}
