import type { GraphBuilder, Value } from '../builder';
import type { Matrix } from '../stored-tensors';
import { fittingBlock, storedBlocks } from './blocks';
import { float32Rows } from './float32';

/** Gated linear units of which each token goes through the few that score highest, weighted by the softmax of those scores. */
export interface Experts {
  count: number;
  perToken: number;
  inner: number;
  width: number;
  /** Rows of all experts: for each of its `inner` units the gate's, then the other's; [count * 2 * inner, width]. */
  gateUp: Matrix;
  /** [count * width, inner] */
  down: Matrix;
}

/** One way to store experts: `x [T, width]`, `scores [T, count]` -> [T, width]. Only the chosen ones are computed. */
export interface ExpertForm {
  mix(graph: GraphBuilder, x: Value, scores: Value, experts: Experts): Value;
}

export const float32Experts: ExpertForm = {
  mix(graph, x, scores, experts) {
    const { gateUp, down } = shapes(experts, 1);
    const inputs = [
      x,
      scores,
      graph.weight(float32Rows(experts.gateUp), { suffix: 'experts', shape: gateUp }),
      '',
      graph.weight(float32Rows(experts.down), { suffix: 'experts', shape: down }),
    ];
    return graph.node('MoE', inputs, attributes(experts));
  },
};

/** 8 bits in blocks. With 4 bits the runtime takes 12 times as long for a token. */
export function blockExperts(block: number): ExpertForm {
  const bits = 8;
  return {
    mix(graph, x, scores, experts) {
      // The operator knows one size of blocks for both matrices.
      const size = Math.min(fittingBlock(experts.gateUp, block), fittingBlock(experts.down, block));
      const values = shapes(experts, 1);
      const scales = shapes(experts, size);
      const stored = (part: 'gateUp' | 'down') => {
        const tensors = storedBlocks(experts[part], bits, size);
        return [
          graph.weight(tensors.values, { suffix: 'experts', shape: values[part] }),
          graph.weight(tensors.scales, { suffix: 'experts', shape: scales[part] }),
        ];
      };
      const inputs = [x, scores, ...stored('gateUp'), '', ...stored('down')];
      return graph.node('QMoE', inputs, {
        ...attributes(experts),
        expert_weight_bits: bits,
        block_size: size,
      });
    },
  };
}

/** Of the two tensors, where `block` elements of a row share a number. */
function shapes({ count, inner, width }: Experts, block: number) {
  return { gateUp: [count, 2 * inner, width / block], down: [count, width, inner / block] };
}

/** Plain SwiGLU is the operator's with alpha 1 and beta 0. */
function attributes({ perToken }: Experts) {
  return {
    k: perToken,
    activation_type: 'swiglu',
    swiglu_fusion: 1,
    activation_alpha: { float: 1 },
    activation_beta: { float: 0 },
    normalize_routing_weights: 1,
  };
}
