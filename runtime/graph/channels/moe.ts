import type { Value } from '../builder';
import type { LayerContext } from '../context';
import { float32Product } from '../products/float32';
import { matrix, pickedRows } from '../stored-tensors';
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
    /** [experts, 2 * inner, width]: an expert's gates, then what they gate. */
    gateUp: string;
    /** [experts, width, inner] */
    down: string;
  };
  shared: GluChannel;
}

export function moeTensors(channel: MoeChannel, width: number): [name: string, shape: number[]][] {
  const { weights, experts, inner, shared } = channel;
  return [
    [weights.router, [experts, width]],
    [weights.gateUp, [experts, 2 * inner, width]],
    [weights.down, [experts, width, inner]],
    ...gluTensors(shared, width),
  ];
}

export function moe(context: LayerContext, x: Value, channel: MoeChannel): Value {
  const { graph, forms, width } = context;
  const { weights, experts, perToken, inner, shared } = channel;
  // Rounding could choose another expert, and the router is small: it stays as it is.
  const scores = float32Product.multiply(graph, x, matrix(weights.router, experts, width));
  const all = matrix(weights.gateUp, experts * 2 * inner, width);
  const interleaved = Array.from({ length: all.rows }, (_, row) => {
    const [expert, unit] = [Math.floor(row / (2 * inner)), Math.floor(row / 2) % inner];
    return expert * 2 * inner + (row % 2) * inner + unit;
  });
  const mixed = forms.experts.mix(graph, x, scores, {
    count: experts,
    perToken,
    inner,
    width,
    gateUp: pickedRows(weights.gateUp, all, interleaved),
    down: matrix(weights.down, experts * width, inner),
  });
  return graph.add(mixed, glu(context, x, shared));
}
