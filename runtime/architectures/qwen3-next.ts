import type { GluChannel } from '../graph/channels/glu';
import type { MoeChannel } from '../graph/channels/moe';
import type { ModelDescription } from '../graph/layers';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';
import { gatedHybrid } from './gated-hybrid';
import { glu, gluWeights } from './transformer';

/** `qwen3_next` as Hugging Face stores it: as Qwen 3.5, with a mixture of experts in all layers or some. */
export function qwen3Next(config: unknown): ModelDescription {
  const read = ConfigReader.of(config);
  const projections = (name: (part: string) => string) => ({
    qkvz: name('in_proj_qkvz.weight'),
    ba: name('in_proj_ba.weight'),
  });
  return gatedHybrid('qwen3_next', read, projections, readChannels(read));
}

function readChannels(read: ConfigReader): (prefix: string, layer: number) => GluChannel | MoeChannel {
  const isDense = denseLayers(read);
  return (prefix, layer) =>
    isDense(layer) ? glu(prefix, read.count('intermediate_size')) : mixture(read, prefix);
}

function denseLayers(read: ConfigReader): (layer: number) => boolean {
  const dense = read.raw('mlp_only_layers') ?? [];
  if (!Array.isArray(dense))
    throw new UserError('config.json: "mlp_only_layers" must be a list of layers. Download the model again.');
  const step = read.has('decoder_sparse_step') ? read.count('decoder_sparse_step') : 1;
  const without = read.raw('num_experts') === 0;
  return (layer) => without || dense.includes(layer) || (layer + 1) % step !== 0;
}

function mixture(read: ConfigReader, prefix: string): MoeChannel {
  read.exactly('norm_topk_prob', true);
  const experts = read.count('num_experts');
  return {
    kind: 'moe',
    experts,
    perToken: read.count('num_experts_per_tok', experts),
    inner: read.count('moe_intermediate_size'),
    weights: {
      router: `${prefix}.gate.weight`,
      experts: Array.from({ length: experts }, (_, expert) => gluWeights(`${prefix}.experts.${expert}`)),
      sharedGate: `${prefix}.shared_expert_gate.weight`,
    },
    shared: glu(`${prefix}.shared_expert`, read.count('shared_expert_intermediate_size')),
  };
}
