import type { GraphBuilder, Value } from '../builder';
import { pickedRows, type Matrix, type ReadTensor } from '../stored-tensors';
import { fittingBlock, storedBlocks } from './blocks';
import { float32Rows } from './float32';
import type { ProductForm } from './form';

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

/** One way to store experts: `x [T, width]`, `scores [T, count]` -> [T, width]. */
export interface ExpertForm {
  mix(graph: GraphBuilder, x: Value, scores: Value, experts: Experts): Value;
}

/** Only the chosen ones are computed; `weights` gives a matrix in float32, under the shape of all experts' together. */
export function chosenExperts(
  weights: (graph: GraphBuilder, matrix: Matrix, shape: number[]) => Value,
): ExpertForm {
  return {
    mix(graph, x, scores, experts) {
      const { gateUp, down } = shapes(experts, 1);
      const inputs = [
        x,
        scores,
        weights(graph, experts.gateUp, gateUp),
        '',
        weights(graph, experts.down, down),
      ];
      return graph.node('MoE', inputs, attributes(experts));
    },
  };
}

export const float32Experts = chosenExperts((graph, matrix, shape) =>
  graph.weight(float32Rows(matrix), { suffix: 'experts', shape }),
);

/** The same in blocks of 8 bits. With 4 bits the runtime takes 12 times as long for a token. */
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

/** Large enough to vanish in a softmax. */
const notChosen = -1e30;

/**
 * All experts as one wide gated linear unit, of which those that were not chosen count nothing. WebGPU has no operator for
 * experts in float32, and what the one for blocks gives there is not what the other gives.
 */
export function allExperts({ into, outOf }: { into: ProductForm; outOf: ProductForm }): ExpertForm {
  return {
    mix(graph, x, scores, experts) {
      const { count, perToken, inner } = experts;
      const units = count * inner;
      const [gate, up] = graph.split(into.multiply(graph, x, gatesFirst(experts)), [units, units], 1);
      const [largest] = graph.nodeWithOutputs('TopK', [scores, graph.ints(perToken)], {}, [
        undefined,
        undefined,
      ]);
      const least = graph.node('ReduceMin', [largest!, graph.ints(1)], { keepdims: 1 });
      const chosen = graph.node('GreaterOrEqual', [scores, least]);
      const shares = graph.node('Softmax', [graph.node('Where', [chosen, scores, graph.float(notChosen)])]);
      const byExpert = graph.reshape(graph.mul(graph.silu(gate!), up!), [-1, count, inner]);
      const weighed = graph.mul(byExpert, graph.unsqueeze(shares, 2));
      return outOf.multiply(graph, graph.reshape(weighed, [-1, units]), sideBySide(experts));
    },
  };
}

/** [2 * count * inner, width]: all gates, then what they gate. */
function gatesFirst({ gateUp }: Experts): Matrix {
  const half = gateUp.rows / 2;
  const rows = Array.from({ length: gateUp.rows }, (_, row) => 2 * (row % half) + Math.floor(row / half));
  return pickedRows(`${gateUp.name}.all`, gateUp, rows);
}

/** [width, count * inner]: a row of every expert's matrix after the other, which sums their results up. */
function sideBySide({ down, count, inner, width }: Experts): Matrix {
  const columns = count * inner;
  const load = (read: ReadTensor) => {
    const source = down.load(read);
    const joined = new Float32Array(width * columns);
    for (let expert = 0; expert < count; expert++)
      for (let row = 0; row < width; row++) {
        const from = (expert * width + row) * inner;
        joined.set(source.subarray(from, from + inner), row * columns + expert * inner);
      }
    return joined;
  };
  return { name: `${down.name}.all`, rows: width, columns, load };
}
