import type { Value } from '../builder';
import type { LayerContext } from '../context';
import type { Experts } from '../products/experts';
import { float32Product } from '../products/float32';
import { matrix, pickedRows, scaledMatrix, stacked } from '../stored-tensors';
import { glu, gluTensors, type GluChannel } from './glu';

/**
 * Mixture of experts: the `perToken` gated linear units that the router scores highest for a token, weighted by the
 * softmax of their scores, and one that every token goes through.
 */
export interface MoeChannel {
  kind: 'moe';
  experts: number;
  perToken: number;
  /** Units of each expert. */
  inner: number;
  /** Names of the checkpoint's tensors. */
  weights: {
    /** [experts, width] */
    router: string;
    experts: ExpertWeights;
    /** [1, width]: what the shared one gives is multiplied by its sigmoid; absent = as it is. */
    sharedGate?: string;
  };
  shared: GluChannel;
}

export type ExpertWeights =
  /** `gateUp` [experts, 2 * inner, width]: an expert's gates, then what they gate; `down` [experts, width, inner] */
  | { gateUp: string; down: string }
  /** One for each expert: `gate` and `up` [inner, width], `down` [width, inner] */
  | { gate: string; up: string; down: string }[];

export function moeTensors(channel: MoeChannel, width: number): [name: string, shape: number[]][] {
  const { weights, experts, inner, shared } = channel;
  const ofExperts: [string, number[]][] = Array.isArray(weights.experts)
    ? weights.experts.flatMap((each) => gluTensors({ kind: 'glu', inner, weights: each }, width))
    : [
        [weights.experts.gateUp, [experts, 2 * inner, width]],
        [weights.experts.down, [experts, width, inner]],
      ];
  const gate: [string, number[]][] =
    weights.sharedGate === undefined ? [] : [[weights.sharedGate, [1, width]]];
  return [[weights.router, [experts, width]], ...ofExperts, ...gate, ...gluTensors(shared, width)];
}

export function moe(context: LayerContext, x: Value, channel: MoeChannel): Value {
  const { graph, forms, width, prefix, residualFactor = 1 } = context;
  const { weights, experts, shared } = channel;

  // Rounding could choose another expert, and the router is small: it stays as it is.
  const scores = float32Product.multiply(graph, x, matrix(weights.router, experts, width));
  const all = expertsOf(channel, width, `${prefix}.experts`);
  const mixed = forms.experts.mix(graph, x, scores, { ...all, down: scaledMatrix(all.down, residualFactor) });
  return graph.add(mixed, gated(context, x, glu(context, x, shared), weights.sharedGate));
}

function gated({ graph, width }: LayerContext, x: Value, y: Value, gate: string | undefined): Value {
  if (gate === undefined) return y;
  const score = float32Product.multiply(graph, x, matrix(gate, 1, width));
  return graph.mul(y, graph.node('Sigmoid', [score]));
}

function expertsOf(channel: MoeChannel, width: number, name: string): Experts {
  const { weights, experts, perToken, inner } = channel;
  const parts = weights.experts;
  const [gateUp, down] = Array.isArray(parts)
    ? [
        stacked(
          name,
          parts.flatMap(({ gate, up }) => [matrix(gate, inner, width), matrix(up, inner, width)]),
        ),
        stacked(
          `${name}.down`,
          parts.map(({ down }) => matrix(down, width, inner)),
        ),
      ]
    : [matrix(parts.gateUp, experts * 2 * inner, width), matrix(parts.down, experts * width, inner)];
  const interleaved = Array.from({ length: gateUp.rows }, (_, row) => {
    const [expert, unit] = [Math.floor(row / (2 * inner)), Math.floor(row / 2) % inner];
    return expert * 2 * inner + (row % 2) * inner + unit;
  });
  return {
    count: experts,
    perToken,
    inner,
    width,
    gateUp: pickedRows(`${name}.gate_up`, gateUp, interleaved),
    down,
  };
}
