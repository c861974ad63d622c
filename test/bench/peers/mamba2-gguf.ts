/** A Mamba-2 with given weights as llama.cpp takes it. */
import type { ModelDescription } from '../../../runtime/graph/layers';
import { checkpointTensors } from '../../../runtime/graph/model-graph';
import type { Checkpoint } from '../../../runtime/models/checkpoint';
import { packed } from './ggml-blocks';
import { writeGguf, type GgmlType, type GgufTensor } from './gguf';

/** Forms that llama.cpp's own quantiser makes for these names; a tied embedding of `q4_0` is kept in 6 bits. */
export const quants = {
  f32: { matrices: 'f32', embedding: 'f32' },
  q8_0: { matrices: 'q8_0', embedding: 'q8_0' },
  q4_0: { matrices: 'q4_0', embedding: 'q6_K' },
} as const satisfies Record<string, { matrices: GgmlType; embedding: GgmlType }>;
export type Quant = keyof typeof quants;

const parts: Record<string, string> = {
  'norm.weight': 'attn_norm.weight',
  'mixer.in_proj.weight': 'ssm_in.weight',
  'mixer.conv1d.weight': 'ssm_conv1d.weight',
  'mixer.conv1d.bias': 'ssm_conv1d.bias',
  'mixer.dt_bias': 'ssm_dt.bias',
  'mixer.A_log': 'ssm_a',
  'mixer.D': 'ssm_d',
  'mixer.norm.weight': 'ssm_norm.weight',
  'mixer.out_proj.weight': 'ssm_out.weight',
};

const others: Record<string, string> = {
  'backbone.embeddings.weight': 'token_embd.weight',
  'backbone.norm_f.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
};

export function writeMamba2Gguf(
  file: string,
  model: ModelDescription,
  checkpoint: Checkpoint,
  quant: Quant,
): void {
  const mixer = model.layers[0]?.mixer;
  if (model.family !== 'mamba2' || mixer?.kind !== 'ssd') throw new Error('Only a mamba2 can be written');
  const tensors = [...checkpointTensors(model)].map(([name, shape]): GgufTensor => {
    const target = others[name] ?? layerTensor(name);
    const embedding = target === 'token_embd.weight' || target === 'output.weight';
    const matrix = embedding || /ssm_(in|out)\.weight$/.test(target);
    const type = !matrix ? 'f32' : embedding ? quants[quant].embedding : quants[quant].matrices;
    const load = () => {
      const values = checkpoint.float32(name);
      return name.endsWith('A_log') ? values.map((value) => -Math.exp(value)) : values;
    };
    const itsShape = ggufShape(target, shape, mixer.groups);
    return { name: target, type, shape: itsShape, bytes: () => packed(load(), type) };
  });
  const uint32 = (value: number) => ({ uint32: value });
  const metadata = {
    'general.architecture': 'mamba2',
    'general.name': 'random',
    'mamba2.context_length': uint32(1 << 20),
    'mamba2.embedding_length': uint32(model.width),
    'mamba2.feed_forward_length': uint32(0),
    'mamba2.attention.head_count': uint32(0),
    'mamba2.block_count': uint32(model.layers.length),
    'mamba2.vocab_size': uint32(model.vocabulary),
    'mamba2.ssm.conv_kernel': uint32(mixer.convolution),
    'mamba2.ssm.inner_size': uint32(mixer.heads * mixer.headSize),
    'mamba2.ssm.state_size': uint32(mixer.stateSize),
    'mamba2.ssm.time_step_rank': uint32(mixer.heads),
    'mamba2.ssm.group_count': uint32(mixer.groups),
    'mamba2.attention.layer_norm_rms_epsilon': { float32: mixer.epsilon },
    // The library insists on a tokeniser; ids are all that is ever given to it.
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': Array.from({ length: model.vocabulary }, (_, id) => `<${id}>`),
    'tokenizer.ggml.merges': ['a b'],
  };
  writeGguf(file, metadata, tensors);
}

function layerTensor(name: string): string {
  const [, layer, part] = /^backbone\.layers\.(\d+)\.(.+)$/.exec(name)!;
  return `blk.${layer}.${parts[part!]!}`;
}

function ggufShape(target: string, shape: number[], groups: number): number[] {
  if (target.endsWith('ssm_conv1d.weight')) return [shape[0]!, shape[2]!];
  if (/ssm_(a|d)$/.test(target)) return [shape[0]!, 1];
  if (target.endsWith('ssm_norm.weight')) return [groups, shape[0]! / groups];
  return shape;
}
